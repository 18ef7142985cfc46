import type { ReactNode } from 'react'
import type { Figures, InternalRate, Money, ValuedPart } from '@/api/types'
import { formatMoney } from '@/lib/money'
import { formatMultiple, formatRate } from '@/lib/percent'
import { missingWords } from './remarks'

const MULTIPLES = [
  ['dpi', 'DPI', 'Distributed ÷ called'],
  ['rvpi', 'RVPI', 'Value ÷ called'],
  ['tvpi', 'TVPI', 'Distributed plus value ÷ called'],
] as const

interface FigureProps {
  name: string
  title?: string
  /** Small text below the figure. */
  note?: string | undefined
  children: ReactNode
}

function Figure({ name, title, note, children }: FigureProps) {
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
      {note && <dd className="text-xs text-ink-3">{note}</dd>}
    </div>
  )
}

const worth = (money: Money | null | undefined) => (money ? formatMoney(money) : undefined)

interface FigureStripProps {
  figures: Figures
  label: string
  irr?: InternalRate
  /** The part of a total that is valued, while another one is not. */
  part?: ValuedPart | null | undefined
  /** Further sentences about the figures. */
  notes?: readonly string[]
}

/** Commitment, capital called and distributed, remaining value, and returns; explains figures that are undefined or of a part. */
export function FigureStrip({ figures, irr, part, notes = [], label }: FigureStripProps) {
  const said = [...missingWords(figures, irr, part), ...notes]
  const partly = part?.tvpi ? part : undefined
  return (
    <div className="flex flex-col gap-3">
      <dl aria-label={label} className="grid grid-cols-2 gap-x-6 gap-y-3 md:grid-cols-4">
        <Figure name="Committed">{formatMoney(figures.committed)}</Figure>
        <Figure name="Called">{formatMoney(figures.paid_in)}</Figure>
        <Figure name="Distributed">{formatMoney(figures.distributed)}</Figure>
        <Figure name="Value" note={part ? `and ${formatMoney(part.unvalued_paid_in)} called, not valued` : undefined}>
          {worth(figures.nav ?? partly?.nav) ?? <span className="font-normal text-ink-3">Not valued</span>}
        </Figure>
        {MULTIPLES.map(([field, name, title]) => {
          const multiple = figures[field] ?? (field === 'dpi' ? undefined : partly?.[field])
          return (
            <Figure key={field} name={name} title={title} note={multiple && !figures[field] ? 'of the valued part' : undefined}>
              {multiple ? formatMultiple(multiple) : undefined}
            </Figure>
          )
        })}
        {irr ? (
          <Figure
            name="IRR"
            title={irr.annualized ? 'Money-weighted annual rate of return' : 'Money-weighted rate of return of the period'}
            note={irr.rate && !irr.annualized ? 'not annualized' : undefined}
          >
            {irr.rate ? formatRate(irr.rate) : undefined}
          </Figure>
        ) : (
          <Figure name="Unfunded">{formatMoney(figures.unfunded)}</Figure>
        )}
      </dl>
      {said.length > 0 && <p className="text-xs text-ink-3">{said.join(' ')}</p>}
    </div>
  )
}
