import type { TaskCard } from '@/api/types'
import { weekEnd } from '@/lib/day'

export const DUE_GROUPS = { overdue: 'Overdue', today: 'Today', week: 'This week', later: 'Later', never: 'No due date' } as const
export type DueGroup = keyof typeof DUE_GROUPS

/** A due date relative to today. */
export function dueGroup(dueOn: string | null | undefined, today: string): DueGroup {
  if (!dueOn) return 'never'
  if (dueOn < today) return 'overdue'
  if (dueOn === today) return 'today'
  return dueOn <= weekEnd(today) ? 'week' : 'later'
}

const URGENCY = ['critical', 'high', 'medium', 'low']

/** Tasks grouped by due date; within a group by date, then by priority. Empty groups are omitted. */
export function byDue(tasks: readonly TaskCard[], today: string): { group: DueGroup; tasks: TaskCard[] }[] {
  const day = (task: TaskCard) => task.due_on ?? '9999-12-31'
  const sorted = tasks.toSorted(
    (a, b) => day(a).localeCompare(day(b)) || URGENCY.indexOf(a.priority) - URGENCY.indexOf(b.priority) || a.number - b.number,
  )
  return (Object.keys(DUE_GROUPS) as DueGroup[])
    .map((group) => ({ group, tasks: sorted.filter((task) => dueGroup(task.due_on, today) === group) }))
    .filter(({ tasks: found }) => found.length > 0)
}
