import type { MyReminder, TaskCard } from '@/api/types'
import { dayOf } from '@/lib/day'
import { daysAfter } from '@/lib/zoned'

/** Something that is to be done by a day. */
export type Due = { day: string; key: string } & ({ task: TaskCard; reminder?: undefined } | { reminder: MyReminder; task?: undefined })

const URGENCY = ['critical', 'high', 'medium', 'low']

const SOON_DAYS = 7

/**
 * What is due until the end of today, and what of the week after it, the earliest first; of one day the reminders by their
 * time, then the tasks by urgency.
 */
export function agenda(
  today: string,
  tasks: readonly TaskCard[],
  reminders: readonly MyReminder[],
  timeZone: string | undefined,
): { due: Due[]; soon: Due[] } {
  const called = reminders
    .toSorted((a, b) => a.due_at.localeCompare(b.due_at))
    .map((reminder): Due => ({ key: reminder.id, day: dayOf(Date.parse(reminder.due_at), timeZone), reminder }))
  const assigned = tasks
    .toSorted((a, b) => URGENCY.indexOf(a.priority) - URGENCY.indexOf(b.priority) || a.number - b.number)
    .flatMap((task): Due[] => (task.due_on ? [{ key: task.id, day: task.due_on, task }] : []))
  // The sort is stable: within a day the order above stays.
  const all = [...called, ...assigned].sort((a, b) => a.day.localeCompare(b.day))
  const last = daysAfter(today, SOON_DAYS)
  return { due: all.filter(({ day }) => day <= today), soon: all.filter(({ day }) => day > today && day <= last) }
}

/** "2 overdue, 3 today", or nothing. */
export function dueWords(due: readonly Due[], today: string): string | undefined {
  const late = due.filter(({ day }) => day < today).length
  const parts = [...(late > 0 ? [`${late} overdue`] : []), ...(due.length > late ? [`${due.length - late} today`] : [])]
  return parts.length > 0 ? parts.join(', ') : undefined
}
