import type { ReactNode } from 'react'
import type { Figures, InternalRate, Money, ReturnReason } from '@/api/types'
import { RETURN_REASONS } from '@/api/words'
import { formatMoney } from '@/lib/money'
import { formatMultiple, formatRate } from '@/lib/percent'

const MULTIPLES = [
  ['dpi', 'DPI', 'Distributed ÷ called'],
  ['rvpi', 'RVPI', 'Value ÷ called'],
  ['tvpi', 'TVPI', 'Distributed plus value ÷ called'],
] as const

function Figure({ name, title, children }: { name: string; title?: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-3">
        {title ? (
          <abbr title={title} className="no-underline">
            {name}
          </abbr>
        ) : (
          name
        )}
      </dt>
      <dd className="tabular font-medium [overflow-wrap:anywhere]">{children ?? <span className="font-normal text-ink-3">None</span>}</dd>
    </div>
  )
}

const worth = (money: Money | null | undefined) => (money ? formatMoney(money) : undefined)

/** Sentences that explain which figures are undefined, grouped by reason. */
export function missingWords(figures: Figures, irr?: InternalRate): string[] {
  const missing = new Map<ReturnReason, string[]>()
  const note = (reason: ReturnReason | null | undefined, name: string) => {
    if (reason) missing.set(reason, [...(missing.get(reason) ?? []), name])
  }
  for (const [field, name] of MULTIPLES) if (!figures[field]) note(figures.reason, name)
  if (irr && !irr.rate) note(irr.reason, 'IRR')
  return [...missing].map(([reason, names]) => `No ${listed(names)}: ${RETURN_REASONS[reason]}.`)
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`
}

/** Commitment, capital called and distributed, remaining value, and returns; explains figures that are undefined. */
export function FigureStrip({ figures, irr, label }: { figures: Figures; irr?: InternalRate; label: string }) {
  const missing = missingWords(figures, irr)
  return (
    <div className="flex flex-col gap-3">
      <dl aria-label={label} className="grid grid-cols-2 gap-x-6 gap-y-3 md:grid-cols-4">
        <Figure name="Committed">{formatMoney(figures.committed)}</Figure>
        <Figure name="Called">{formatMoney(figures.paid_in)}</Figure>
        <Figure name="Distributed">{formatMoney(figures.distributed)}</Figure>
        <Figure name="Value">{worth(figures.nav) ?? <span className="font-normal text-ink-3">Not valued</span>}</Figure>
        {MULTIPLES.map(([field, name, title]) => {
          const multiple = figures[field]
          return (
            <Figure key={field} name={name} title={title}>
              {multiple ? formatMultiple(multiple) : undefined}
            </Figure>
          )
        })}
        {irr ? (
          <Figure name="IRR" title="Money-weighted annual rate of return">
            {irr.rate ? formatRate(irr.rate) : undefined}
          </Figure>
        ) : (
          <Figure name="Unfunded">{formatMoney(figures.unfunded)}</Figure>
        )}
      </dl>
      {missing.length > 0 && <p className="text-xs text-ink-3">{missing.join(' ')}</p>}
    </div>
  )
}
