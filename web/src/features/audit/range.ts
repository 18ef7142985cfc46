import { zoneOffset } from '@/lib/zoned'

const DAY_MS = 86_400_000

/** Start of a calendar day in a time zone; the browser's own by default. */
function startOf(day: string, timeZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone): number {
  const utc = Date.parse(`${day}T00:00:00Z`)
  // The second pass handles days with a clock change.
  const first = utc - zoneOffset(utc, timeZone)
  return utc - zoneOffset(first, timeZone)
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)
}

/** Converts calendar days to the instants of a search; both days are included. */
export function momentsOf(from: string | undefined, to: string | undefined, timeZone?: string): { from?: string; to?: string } {
  return {
    ...(from ? { from: new Date(startOf(from, timeZone)).toISOString() } : {}),
    ...(to ? { to: new Date(startOf(nextDay(to), timeZone) - 1).toISOString() } : {}),
  }
}
