import { zoneOffset } from '@/lib/zoned'

const DAY_MS = 86_400_000

/** The moment at which a calendar day begins in a zone; the browser's own when none is given. */
function startOf(day: string, timeZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone): number {
  const utc = Date.parse(`${day}T00:00:00Z`)
  // The second round settles days on which the clock is changed.
  const first = utc - zoneOffset(utc, timeZone)
  return utc - zoneOffset(first, timeZone)
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)
}

/** Calendar days as the moments that a search takes; both days belong to it. */
export function momentsOf(from: string | undefined, to: string | undefined, timeZone?: string): { from?: string; to?: string } {
  return {
    ...(from ? { from: new Date(startOf(from, timeZone)).toISOString() } : {}),
    ...(to ? { to: new Date(startOf(nextDay(to), timeZone) - 1).toISOString() } : {}),
  }
}
