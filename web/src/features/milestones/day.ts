import { useNow, useTimeZone } from '@/lib/time'

/** Today in the user's time zone, such as `2026-12-31`. */
export function useToday(): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: useTimeZone(), year: 'numeric', month: '2-digit', day: '2-digit' }).format(useNow())
}

const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })
const MONTH = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'short' })

/** Such as "31 Dec 2026". */
export function formatDay(day: string): string {
  return DAY.format(new Date(`${day}T00:00:00Z`))
}

/** "Dec", or "Jan 2027" at the start of a year or of the axis. */
export function formatMonth(month: string, first: boolean): string {
  const name = MONTH.format(new Date(`${month}-01T00:00:00Z`))
  return first || month.endsWith('-01') ? `${name} ${month.slice(0, 4)}` : name
}
