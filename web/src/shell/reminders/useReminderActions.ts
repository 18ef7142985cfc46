import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import { reminderCancel, reminderCreate, reminderDelete, reminderDone, reminderSnooze } from '@/api/reminders'
import type { Reminder } from '@/api/types'
import { formatRelative } from '@/lib/time'
import { toast } from '@/ui/Toast'
import { newReminder, valuesOf } from './values'

/** Has every list that shows an investor's reminders read anew. */
export function useRemindersStale() {
  const client = useQueryClient()
  return (investorId: string) => {
    for (const queryKey of [keys.reminders.of(investorId), keys.reminders.mine, keys.investors.timelines(investorId)]) {
      void client.invalidateQueries({ queryKey })
    }
  }
}

const CHANGED_SINCE = new Problem({
  status: 412,
  code: 'stale_version',
  title: 'This reminder changed meanwhile',
  detail: 'Its newer version is shown now. Look at it first.',
})

const isAhead = ({ due_at: due }: Reminder) => Date.parse(due) > Date.now()

/** Whether deleting it can be undone: a passed one would be sent at once, and a series would begin anew. */
export const canComeBack = (reminder: Reminder) => reminder.status === 'scheduled' && !reminder.recurrence && isAhead(reminder)

interface Act {
  reminder: Reminder
  /** What is said when it was refused. */
  failed: string
  work: () => Promise<unknown>
}

/** What can be done to a reminder, told by a toast, with an undo where there is one. */
export function useReminderActions() {
  const stale = useRemindersStale()
  const { mutate } = useMutation({
    mutationFn: ({ work }: Act) => work(),
    onError: (error, { failed }) => toast.error(failed, error instanceof Problem && error.status === 412 ? CHANGED_SINCE : error),
    onSettled: (_done, _error, { reminder }) => stale(reminder.investor_id),
  })
  const attempt = (reminder: Reminder, failed: string, work: Act['work']) => mutate({ reminder, failed, work })
  /** Putting it off to when it was due is what takes a change of state back. */
  const undo = (reminder: Reminder) =>
    reminder.status === 'scheduled' && isAhead(reminder)
      ? {
          action: {
            label: 'Undo',
            run: () =>
              attempt(reminder, 'Not undone', async () => {
                await reminderSnooze(reminder, reminder.due_at)
                toast.done('The reminder is scheduled as before')
              }),
          },
        }
      : undefined
  return {
    done: (reminder: Reminder) =>
      attempt(reminder, 'Not marked as done', async () => {
        await reminderDone(reminder)
        toast.done('Done', undo(reminder))
      }),
    cancel: (reminder: Reminder) =>
      attempt(reminder, 'Not cancelled', async () => {
        await reminderCancel(reminder)
        toast.done('The reminder is cancelled', undo(reminder))
      }),
    snooze: (reminder: Reminder, until: number) =>
      attempt(reminder, 'Not put off', async () => {
        const { due_at: due } = await reminderSnooze(reminder, new Date(until).toISOString())
        toast.done(`Due ${formatRelative(due, Date.now())}`, undo(reminder))
      }),
    remove: (reminder: Reminder) =>
      attempt(reminder, 'Not deleted', async () => {
        await reminderDelete(reminder)
        const again = () =>
          attempt(reminder, 'Not undone', async () => {
            await reminderCreate(reminder.investor_id, newReminder(valuesOf(reminder)))
            toast.done('The reminder is set again')
          })
        toast.done('The reminder is deleted', canComeBack(reminder) ? { action: { label: 'Undo', run: again } } : undefined)
      }),
  }
}
