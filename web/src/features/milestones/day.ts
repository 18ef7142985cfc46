import { useNow, useTimeZone } from '@/lib/time'

/** Today in the user's time zone, `2026-12-31`. */
export function useToday(): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: useTimeZone(), year: 'numeric', month: '2-digit', day: '2-digit' }).format(useNow())
}

const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })
const MONTH = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'short' })

/** "31 Dec 2026". */
export function formatDay(day: string): string {
  return DAY.format(new Date(`${day}T00:00:00Z`))
}

/** "Dec", and "Jan 2027" where a year begins or the axis does. */
export function formatMonth(month: string, first: boolean): string {
  const name = MONTH.format(new Date(`${month}-01T00:00:00Z`))
  return first || month.endsWith('-01') ? `${name} ${month.slice(0, 4)}` : name
}
