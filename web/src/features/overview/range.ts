/** Ranges in months. */
export const RANGES = { m3: '3 months', m6: '6 months', m12: '1 year', m24: '2 years' } as const
export type Range = keyof typeof RANGES

const MONTHS: Record<Range, number> = { m3: 3, m6: 6, m12: 12, m24: 24 }

/** The ranges for an interval: two years of days would make columns too thin, and exceed the API's limit. */
export function rangesFor(interval: string): Partial<Record<Range, string>> {
  const { m24, ...shorter } = RANGES
  return interval === 'day' ? shorter : { ...shorter, m24 }
}

/** The first day of a range that ends today: the same day of an earlier month, or the last day of a shorter month. */
export function rangeStart(range: Range, today: Date): string {
  const year = today.getUTCFullYear()
  const month = today.getUTCMonth() - MONTHS[range]
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month, Math.min(today.getUTCDate(), last))).toISOString().slice(0, 10)
}
