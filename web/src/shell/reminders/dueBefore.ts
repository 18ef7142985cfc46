import { daysAfter, localOf, momentOf } from '@/lib/zoned'

const DAYS = { today: 1, week: 8, month: 31 }

/** The instant before which reminders are due: the end of a day in the user's time zone. */
export function dueBefore(due: keyof typeof DAYS | undefined, now: number, timeZone: string): string | undefined {
  if (!due) return undefined
  const day = daysAfter(localOf(now, timeZone).slice(0, 10), DAYS[due])
  return new Date(momentOf(`${day}T00:00`, timeZone)).toISOString()
}
