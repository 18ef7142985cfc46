import type { Frequency, Recurrence } from './types'

// Display names of how often a reminder recurs.

export const FREQUENCIES: Record<Frequency, string> = { daily: 'Daily', weekly: 'Weekly', monthly: 'Monthly', yearly: 'Yearly' }
const FREQUENCY_UNITS: Record<Frequency, string> = { daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' }

/** Such as "every day" or "every 3 weeks". */
export function recurrenceWords({ frequency, interval = 1 }: Recurrence): string {
  const unit = FREQUENCY_UNITS[frequency]
  return interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`
}
