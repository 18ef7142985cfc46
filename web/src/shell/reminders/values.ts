import type { Frequency, NewReminder, Reminder, ReminderPatch, ReminderStatus } from '@/api/types'
import { changes } from '@/lib/rebase'
import { daysAfter, localOf } from '@/lib/zoned'

/** Still awaiting action. */
export const OPEN: readonly ReminderStatus[] = ['scheduled', 'sent', 'failed']

export const isOpen = ({ status }: Pick<Reminder, 'status'>) => OPEN.includes(status)

/** Form values of a reminder. */
export interface Values {
  message: string
  due_local: string
  time_zone: string
  user_id: string
  frequency: Frequency | ''
  interval: string
}

const MAX_CHARACTERS = 2000
const MAX_INTERVAL = 99

/** Tomorrow morning, for the current user. */
export function fresh(now: number, timeZone: string, userId: string): Values {
  const tomorrow = daysAfter(localOf(now, timeZone).slice(0, 10), 1)
  return { message: '', due_local: `${tomorrow}T09:00`, time_zone: timeZone, user_id: userId, frequency: '', interval: '1' }
}

export function valuesOf({ message, due_local, time_zone, user_id, recurrence }: Reminder): Values {
  return { message, due_local, time_zone, user_id, frequency: recurrence?.frequency ?? '', interval: String(recurrence?.interval ?? 1) }
}

export function check({ message, due_local: due, time_zone: zone, frequency, interval }: Values) {
  const number = Number(interval)
  return {
    message:
      message.trim() === ''
        ? 'Enter a message.'
        : [...message].length > MAX_CHARACTERS
          ? `Use at most ${MAX_CHARACTERS} characters.`
          : undefined,
    due_local: Number.isNaN(Date.parse(due)) ? 'Enter a date and a time.' : undefined,
    time_zone: zone === '' ? 'Choose a time zone.' : undefined,
    interval:
      frequency !== '' && !(Number.isInteger(number) && number >= 1 && number <= MAX_INTERVAL)
        ? `Enter a number from 1 to ${MAX_INTERVAL}.`
        : undefined,
  }
}

const recurrenceOf = ({ frequency, interval }: Values) => (frequency === '' ? null : { frequency, interval: Number(interval) })

export function newReminder(values: Values): NewReminder {
  const { message, due_local, time_zone, user_id } = values
  return { message, due_local, time_zone, user_id, recurrence: recurrenceOf(values) }
}

/** Patch for an edit: only changed fields, because a new time reschedules a reminder. */
export function patchOf(values: Values, base: Values): ReminderPatch {
  const { frequency, interval, ...changed } = changes(values, base)
  return { ...changed, ...(frequency !== undefined || interval !== undefined ? { recurrence: recurrenceOf(values) } : {}) }
}
