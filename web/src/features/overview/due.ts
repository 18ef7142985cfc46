import type { MyReminder, TaskCard } from '@/api/types'
import { dayOf } from '@/lib/day'
import { daysAfter } from '@/lib/zoned'

/** An item with a due date. */
export type Due = { day: string; key: string } & ({ task: TaskCard; reminder?: undefined } | { reminder: MyReminder; task?: undefined })

const URGENCY = ['critical', 'high', 'medium', 'low']

const SOON_DAYS = 7

/**
 * Items due by the end of today, and those of the following week, earliest first; within a day, reminders by time, then tasks by priority.
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
  // The sort is stable: within a day, the order above is kept.
  const all = [...called, ...assigned].sort((a, b) => a.day.localeCompare(b.day))
  const last = daysAfter(today, SOON_DAYS)
  return { due: all.filter(({ day }) => day <= today), soon: all.filter(({ day }) => day > today && day <= last) }
}

/** Such as "2 overdue, 3 today", or nothing. */
export function dueWords(due: readonly Due[], today: string): string | undefined {
  const late = due.filter(({ day }) => day < today).length
  const parts = [...(late > 0 ? [`${late} overdue`] : []), ...(due.length > late ? [`${due.length - late} today`] : [])]
  return parts.length > 0 ? parts.join(', ') : undefined
}
