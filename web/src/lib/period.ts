/** Periods in days. The API accepts at most 400. */
export const PERIODS = { d30: '30 days', d90: '90 days', d180: '6 months', d365: '1 year' } as const
export type PeriodName = keyof typeof PERIODS

const DAYS: Record<PeriodName, number> = { d30: 30, d90: 90, d180: 180, d365: 365 }
const DAY_MS = 86_400_000

/** First and last day of a period that ends today (UTC), both included. */
export function periodDays(period: PeriodName, today: Date): { from: string; to: string } {
  const to = today.toISOString().slice(0, 10)
  const first = new Date(Date.parse(`${to}T00:00:00Z`) - (DAYS[period] - 1) * DAY_MS)
  return { from: first.toISOString().slice(0, 10), to }
}
