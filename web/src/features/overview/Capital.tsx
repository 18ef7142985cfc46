import type { ReactNode } from 'react'
import type { CurrencyCapital, Tier } from '@/api/types'
import { INVESTMENT_STATUSES } from '@/api/words'
import { compactMoney, formatMoney, moneyShare } from '@/lib/money'
import { formatMultiple } from '@/lib/percent'
import { TierBadge } from '@/ui/Badge'
import { Select } from '@/ui/inputs'
import { Bar } from './Bar'

type Part = CurrencyCapital['by_tier'][number]

interface FigureProps {
  label: string
  children: string
  /** The exact figure. */
  hint?: string | undefined
  /** Small text below the figure. */
  note?: string | undefined
}

function Figure({ label, children, hint, note }: FigureProps) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-3">{label}</dt>
      <dd className="tabular truncate text-lg font-medium" title={hint}>
        {children}
      </dd>
      {note && <dd className="text-xs text-ink-3">{note}</dd>}
    </div>
  )
}

/** How much of the value is missing or rolled forward. */
function remarks({ unvalued, investments, rolled_forward: rolled, valued_part: part }: CurrencyCapital): string[] {
  const said = []
  if (part) {
    const [has, paid] = [unvalued === 1 ? 'has' : 'have', formatMoney(part.unvalued_paid_in)]
    const others = part.tvpi ? ' Value and TVPI are those of the others.' : ''
    said.push(`${unvalued} of ${investments} investments ${has} never been valued (${paid} paid in).${others}`)
  }
  if (rolled > 0) {
    const values = rolled === 1 ? '1 value is' : `${rolled} values are`
    said.push(`${values} rolled forward: the last valuation plus later contributions less later distributions.`)
  }
  return said
}

function Parts({ title, parts, label }: { title: string; parts: readonly Part[]; label: (value: string) => ReactNode }) {
  const largest = parts.reduce((most, { committed }) => Math.max(most, moneyShare(committed)), 0)
  return (
    <section aria-label={title}>
      <h3 className="pb-1 text-xs text-ink-3">{title}</h3>
      <ul>
        {parts.map((part) => (
          <li key={part.value} title={formatMoney(part.committed)}>
            <Bar label={label(part.value)} percent={largest === 0 ? 0 : (moneyShare(part.committed) / largest) * 100}>
              {compactMoney(part.committed)}
            </Bar>
          </li>
        ))}
      </ul>
    </section>
  )
}

const held = (capital: readonly CurrencyCapital[], chosen: string | undefined) =>
  capital.find(({ currency }) => currency === chosen) ?? capital[0]

/** Selects the currency if there are several. */
export function CurrencyChoice({
  capital,
  chosen,
  onChosen,
}: {
  capital: readonly CurrencyCapital[]
  chosen: string | undefined
  onChosen: (currency: string) => void
}) {
  const shown = held(capital, chosen)
  if (!shown || capital.length < 2) return null
  return (
    <div className="w-28">
      <Select
        aria-label="Currency"
        value={shown.currency}
        options={capital.map(({ currency }) => ({ value: currency, label: currency }))}
        onChange={onChosen}
      />
    </div>
  )
}

/** Investors' capital in one currency at a time; different currencies are never added up. */
export function Capital({ capital, chosen }: { capital: readonly CurrencyCapital[]; chosen: string | undefined }) {
  const shown = held(capital, chosen)
  if (!shown) return <p className="py-4 text-ink-3">No investments yet. They appear here once an investor has one.</p>
  const { figures, valued_part: part } = shown
  const partly = part?.tvpi ? part : undefined
  const [nav, tvpi] = [figures.nav ?? partly?.nav, figures.tvpi ?? partly?.tvpi]
  const said = remarks(shown)
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-2 gap-4 md:grid-cols-3 xl:grid-cols-6">
        <Figure label="Committed" hint={formatMoney(figures.committed)}>
          {compactMoney(figures.committed)}
        </Figure>
        <Figure label="Paid in" hint={formatMoney(figures.paid_in)}>
          {compactMoney(figures.paid_in)}
        </Figure>
        <Figure label="Distributed" hint={formatMoney(figures.distributed)}>
          {compactMoney(figures.distributed)}
        </Figure>
        <Figure
          label="Value"
          hint={nav ? formatMoney(nav) : undefined}
          note={part ? `and ${compactMoney(part.unvalued_paid_in)} not valued` : undefined}
        >
          {nav ? compactMoney(nav) : 'Not valued'}
        </Figure>
        <Figure label="DPI">{figures.dpi ? formatMultiple(figures.dpi) : 'None'}</Figure>
        <Figure label="TVPI" note={partly && 'of the valued part'}>
          {tvpi ? formatMultiple(tvpi) : 'None'}
        </Figure>
      </dl>
      {said.length > 0 && <p className="text-xs text-ink-3">{said.join(' ')}</p>}
      <div className="grid gap-6 md:grid-cols-2">
        <Parts title="Committed, by investor tier" parts={shown.by_tier} label={(tier) => <TierBadge tier={tier as Tier} />} />
        <Parts
          title="Committed, by investment status"
          parts={shown.by_status}
          label={(status) => INVESTMENT_STATUSES[status as keyof typeof INVESTMENT_STATUSES]}
        />
      </div>
    </div>
  )
}
