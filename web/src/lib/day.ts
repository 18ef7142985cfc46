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

/** The last day of a day's week, which ends on Sunday (ISO 8601). */
export function weekEnd(day: string): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + ((7 - at.getUTCDay()) % 7))
  return at.toISOString().slice(0, 10)
}

const short = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const long = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })

/** "12 Nov", with the year if it isn't the current one. */
export function shortDay(day: string, today: string): string {
  const at = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(at.getTime())) return day
  return (day.slice(0, 4) === today.slice(0, 4) ? short : long).format(at)
}
