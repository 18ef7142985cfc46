import { dayNumber, dayText } from '@/lib/day'

const DAY_MS = 86_400_000

export interface Month {
  /** Such as `2026-12`. */
  month: string
  /** Start of the month, 0 to 1 of the axis. */
  at: number
}

/** A range of whole months that covers every day, including today. */
export interface Axis {
  from: number
  to: number
  months: Month[]
}

/** With fewer months, a single milestone would sit at an edge. */
const LEAST_MONTHS = 4

function monthStart(day: number, ahead = 0): number {
  const date = new Date(day * DAY_MS)
  return Math.round(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1) / DAY_MS)
}

export function axisOf(days: readonly string[], today: string): Axis {
  const numbers = [dayNumber(today), ...days.map(dayNumber)]
  const from = monthStart(Math.min(...numbers))
  const to = Math.max(monthStart(Math.max(...numbers), 1), monthStart(from, LEAST_MONTHS))
  const months: Month[] = []
  for (let start = from; start < to; start = monthStart(start, 1))
    months.push({ month: dayText(start).slice(0, 7), at: (start - from) / (to - from) })
  return { from, to, months }
}

/** Position of a day on the axis, 0 to 1. */
export function placeOf(day: string, { from, to }: Axis): number {
  return (dayNumber(day) - from) / (to - from)
}

/** The row for each mark so that labels don't overlap: `places` in date order, `width` the fraction of the axis that a label takes. */
export function lanes(places: readonly number[], width: number): number[] {
  const ends: number[] = []
  return places.map((place) => {
    const start = Math.min(place, 1 - width)
    const free = ends.findIndex((end) => end <= start)
    const lane = free < 0 ? ends.length : free
    ends[lane] = start + width
    return lane
  })
}
