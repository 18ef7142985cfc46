// Wall-clock times in a time zone, such as `2026-12-01T09:00`, and the corresponding instants.

const DAY_MS = 86_400_000

/** Offset of a time zone from UTC at an instant, in milliseconds. */
export function zoneOffset(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0)
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return local - Math.floor(at / 1000) * 1000
}

/**
 * The instant of a wall-clock time. As on the server, an ambiguous time is the earlier instant, and a skipped one moves forward by the gap.
 */
export function momentOf(local: string, timeZone: string): number {
  const utc = Date.parse(`${local}Z`)
  if (Number.isNaN(utc)) return Number.NaN
  const [before, after] = [zoneOffset(utc - DAY_MS, timeZone), zoneOffset(utc + DAY_MS, timeZone)]
  const meant = [utc - before, utc - after].filter((at) => utc - at === zoneOffset(at, timeZone))
  return meant.length > 0 ? Math.min(...meant) : utc - before
}

/** Whether the clocks of two time zones agree, both now and in half a year, when one may have moved for summer. */
export function sameClock(a: string, b: string, now: number): boolean {
  return [now, now + 182 * DAY_MS].every((at) => zoneOffset(at, a) === zoneOffset(at, b))
}

/** The wall-clock time at an instant, to the minute. */
export function localOf(at: number, timeZone: string): string {
  return new Date(at + zoneOffset(at, timeZone)).toISOString().slice(0, 16)
}

/** The calendar day a number of days later. */
export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}
