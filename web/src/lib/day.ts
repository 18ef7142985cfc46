import { WORDS, dateFormat } from './locale'

const DAY_MS = 86_400_000
const formats = new Map<string | undefined, Intl.DateTimeFormat>()

/** The calendar day in a time zone at an instant, such as `2026-11-21`. */
export function dayOf(at: number, timeZone: string | undefined): string {
  let format = formats.get(timeZone)
  if (!format) {
    // Canadian English formats dates as in ISO 8601.
    format = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone })
    formats.set(timeZone, format)
  }
  return format.format(at)
}

/** Midnight in UTC of a calendar day; an invalid date for anything else. */
const instant = (day: string) => new Date(`${day}T00:00:00Z`)

/** A calendar day as a number of days since 1970. */
export function dayNumber(day: string): number {
  return Math.round(instant(day).getTime() / DAY_MS)
}

/** The inverse of {@link dayNumber}. */
export function dayText(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10)
}

/** The last day of a day's week, which ends on Sunday (ISO 8601). */
export function weekEnd(day: string): string {
  const at = instant(day)
  at.setUTCDate(at.getUTCDate() + ((7 - at.getUTCDay()) % 7))
  return at.toISOString().slice(0, 10)
}

const short = dateFormat({ day: 'numeric', month: 'short', timeZone: 'UTC' })
const long = dateFormat({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })

/** "21 Nov 2026" for a calendar date, which has no time zone. */
export function formatDate(date: string): string {
  const at = instant(date)
  return Number.isNaN(at.getTime()) ? date : long.format(at)
}

/** "12 Nov", with the year if it isn't the current one. */
export function shortDay(day: string, today: string): string {
  const at = instant(day)
  if (Number.isNaN(at.getTime())) return day
  return (day.slice(0, 4) === today.slice(0, 4) ? short : long).format(at)
}

// "Last week" would mean the calendar week before, so only days have names.
const named = new Intl.RelativeTimeFormat(WORDS, { numeric: 'auto' })
const counted = new Intl.RelativeTimeFormat(WORDS, { numeric: 'always' })

/** Whole calendar months from an earlier to a later day. */
function monthsBetween(from: string, to: string): number {
  const [a, b] = [instant(from), instant(to)]
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth()
  return b.getUTCDate() < a.getUTCDate() ? months - 1 : months
}

/** "today", "tomorrow", "3 days ago", "in 2 weeks": how many calendar days lie between two days. */
export function relativeDay(day: string, today: string): string {
  const days = dayNumber(day) - dayNumber(today)
  if (Number.isNaN(days)) return day
  const [distance, sign] = [Math.abs(days), Math.sign(days)]
  if (distance < 14) return named.format(days, 'day')
  if (distance < 61) return counted.format(sign * Math.floor(distance / 7), 'week')
  // 61 days are two months, although 31 July to 30 September aren't two whole ones.
  const months = Math.max(2, sign < 0 ? monthsBetween(day, today) : monthsBetween(today, day))
  return months < 24 ? counted.format(sign * months, 'month') : counted.format(sign * Math.floor(months / 12), 'year')
}
