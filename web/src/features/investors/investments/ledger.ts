import type { CashFlow } from '@/api/types'
import { fromMinor, toMinor } from '@/lib/money'

export interface LedgerRow {
  flow: CashFlow
  /** Contributions up to and including this cash flow, as an exact amount. */
  paidIn: string
  /** Distributions, likewise. */
  distributed: string
}

const byDay = (a: CashFlow, b: CashFlow) =>
  a.date.localeCompare(b.date) || a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id)

/** Cash flows with running totals, newest first. */
export function ledger(flows: readonly CashFlow[], decimals: number): LedgerRow[] {
  let [paidIn, distributed] = [0n, 0n]
  const rows = [...flows].sort(byDay).map((flow): LedgerRow => {
    const amount = toMinor(flow.amount.amount, decimals)
    if (flow.kind === 'contribution') paidIn += amount
    if (flow.kind === 'distribution') distributed += amount
    return { flow, paidIn: fromMinor(paidIn, decimals), distributed: fromMinor(distributed, decimals) }
  })
  return rows.reverse()
}

export type Span = 'month' | 'quarter' | 'year'

export interface Point {
  /** `2026-11`, `2026 Q4` or `2026`. */
  label: string
  /** Distributions minus contributions, as an exact amount; negative if more was paid in. */
  net: string
  /** The latest valuation, rolled forward to the end of the period; absent before the first one. */
  value?: string
}

const MAX_MONTHS = 24
const MAX_QUARTERS = 24

/** Months since year 0, for counting periods. */
const monthOf = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1
const SIZE: Record<Span, number> = { month: 1, quarter: 3, year: 12 }

function labelOf(bin: number, span: Span): string {
  const month = bin * SIZE[span]
  const year = String(Math.floor(month / 12))
  if (span === 'year') return year
  return span === 'quarter' ? `${year} Q${(month % 12) / 3 + 1}` : `${year}-${String((month % 12) + 1).padStart(2, '0')}`
}

/** The latest valuation plus contributions less distributions after its day, never below zero, in smallest units. */
class Value {
  private valued: string | undefined
  private units = 0n

  add({ kind, date }: CashFlow, amount: bigint): void {
    if (kind === 'valuation') [this.valued, this.units] = [date, amount]
    else if (this.valued !== undefined && date > this.valued) this.units += kind === 'contribution' ? amount : -amount
  }

  get now(): bigint | undefined {
    if (this.valued === undefined) return undefined
    return this.units < 0n ? 0n : this.units
  }
}

/** Net flows and value over time, by month, quarter or year, whichever keeps the number of columns small; includes empty periods. */
export function series(flows: readonly CashFlow[], decimals: number): Point[] {
  const sorted = [...flows].sort(byDay)
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (!first || !last) return []
  const months = monthOf(last.date) - monthOf(first.date) + 1
  const span: Span = months <= MAX_MONTHS ? 'month' : months <= MAX_QUARTERS * 3 ? 'quarter' : 'year'
  const binOf = ({ date }: CashFlow) => Math.floor(monthOf(date) / SIZE[span])
  const points: Point[] = []
  const value = new Value()
  let at = 0
  for (let bin = binOf(first); bin <= binOf(last); bin += 1) {
    let net = 0n
    for (let flow = sorted[at]; flow && binOf(flow) === bin; flow = sorted[at]) {
      const amount = toMinor(flow.amount.amount, decimals)
      value.add(flow, amount)
      if (flow.kind !== 'valuation') net += flow.kind === 'distribution' ? amount : -amount
      at += 1
    }
    const worth = value.now
    points.push({
      label: labelOf(bin, span),
      net: fromMinor(net, decimals),
      ...(worth === undefined ? {} : { value: fromMinor(worth, decimals) }),
    })
  }
  return points
}
