import { browserZone } from '@/lib/time'
import { daysAfter, momentOf } from '@/lib/zoned'

/** Converts calendar days to the instants of a search; both days are included. */
export function momentsOf(
  from: string | undefined,
  to: string | undefined,
  timeZone: string = browserZone(),
): { from?: string; to?: string } {
  const start = (day: string) => momentOf(`${day}T00:00`, timeZone)
  return {
    ...(from ? { from: new Date(start(from)).toISOString() } : {}),
    ...(to ? { to: new Date(start(daysAfter(to, 1)) - 1).toISOString() } : {}),
  }
}
