import { daysAfter, localOf, momentOf } from '@/lib/zoned'

export interface SnoozeChoice {
  label: string
  /** Milliseconds since the epoch. */
  until: number
}

const HOUR_MS = 3_600_000
const MORNING = 'T09:00'

/** Common snooze times; mornings are in the given time zone, also across a clock change. */
export function snoozeChoices(now: number, timeZone: string): SnoozeChoice[] {
  const today = localOf(now, timeZone).slice(0, 10)
  const weekday = new Date(`${today}T00:00:00Z`).getUTCDay()
  const tomorrow = daysAfter(today, 1)
  const monday = daysAfter(today, (8 - weekday) % 7 || 7)
  return [
    { label: 'In 1 hour', until: now + HOUR_MS },
    { label: 'Tomorrow morning', until: momentOf(tomorrow + MORNING, timeZone) },
    // On a Sunday, that is tomorrow.
    ...(monday === tomorrow ? [] : [{ label: 'Next week', until: momentOf(monday + MORNING, timeZone) }]),
  ]
}
