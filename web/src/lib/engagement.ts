const WORDS = [
  { from: 60, word: 'Strong' },
  { from: 20, word: 'Warm' },
  { from: 0, word: 'Cold' },
] as const

/** A word for an engagement score from 0 to 100. */
export function engagementWord(score: number): 'Strong' | 'Warm' | 'Cold' {
  return WORDS.find(({ from }) => score >= from)?.word ?? 'Cold'
}

/** Explains the score; the formula is the API's. */
export const ENGAGEMENT_MEANING =
  '0 to 100. A meeting counts 5, a call 3, an email 2, an update 1; each counts half after 30 days. Warm from 20, strong from 60.'

const DAY_MS = 86_400_000

/** "today" or "3 days ago" for a calendar date (UTC), which has no time of day. */
export function formatDay(date: string, now: number): string {
  const days = Math.round((Date.parse(`${date}T00:00:00Z`) - Math.floor(now / DAY_MS) * DAY_MS) / DAY_MS)
  if (Number.isNaN(days)) return date
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  if (Math.abs(days) < 14) return format.format(days, 'day')
  if (Math.abs(days) < 61) return format.format(Math.trunc(days / 7), 'week')
  return Math.abs(days) < 731 ? format.format(Math.trunc(days / 30.44), 'month') : format.format(Math.trunc(days / 365.25), 'year')
}
