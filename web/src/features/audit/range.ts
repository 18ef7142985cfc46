const DAY_MS = 86_400_000

/** How far a zone is ahead of UTC at a moment, in milliseconds. */
function offset(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0)
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return local - Math.floor(at / 1000) * 1000
}

/** The moment at which a calendar day begins in a zone; the browser's own when none is given. */
function startOf(day: string, timeZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone): number {
  const utc = Date.parse(`${day}T00:00:00Z`)
  // The second round settles days on which the clock is changed.
  const first = utc - offset(utc, timeZone)
  return utc - offset(first, timeZone)
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
