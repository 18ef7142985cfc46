import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import { reminderCancel, reminderCreate, reminderDelete, reminderDone, reminderSnooze } from '@/api/reminders'
import type { Reminder } from '@/api/types'
import { formatRelativeDay } from '@/lib/time'
import { toast } from '@/ui/Toast'
import { newReminder, valuesOf } from './values'

/** Reloads every list that shows an investor's reminders. */
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
  title: 'This reminder has changed',
  detail: 'The newer version is now shown. Review it first.',
})

const isAhead = ({ due_at: due }: Reminder) => Date.parse(due) > Date.now()

/** Whether deleting it can be undone: a past one would be sent at once, and a series would start again. */
export const canComeBack = (reminder: Reminder) => reminder.status === 'scheduled' && !reminder.recurrence && isAhead(reminder)

interface Act {
  reminder: Reminder
  /** Title of the error toast. */
  failed: string
  work: () => Promise<unknown>
}

/** Actions on reminders, each confirmed by a toast, with an undo where possible. */
export function useReminderActions() {
  const stale = useRemindersStale()
  const { mutate } = useMutation({
    mutationFn: ({ work }: Act) => work(),
    onError: (error, { failed }) => toast.error(failed, error instanceof Problem && error.status === 412 ? CHANGED_SINCE : error),
    onSettled: (_done, _error, { reminder }) => stale(reminder.investor_id),
  })
  const attempt = (reminder: Reminder, failed: string, work: Act['work']) => mutate({ reminder, failed, work })
  /** Snoozing to the original due time reverts a status change. */
  const undo = (reminder: Reminder) =>
    reminder.status === 'scheduled' && isAhead(reminder)
      ? {
          action: {
            label: 'Undo',
            run: () =>
              attempt(reminder, 'Couldn’t undo the change', async () => {
                await reminderSnooze(reminder, reminder.due_at)
                toast.done('Reminder scheduled again')
              }),
          },
        }
      : undefined
  return {
    done: (reminder: Reminder) =>
      attempt(reminder, 'Couldn’t mark the reminder as done', async () => {
        await reminderDone(reminder)
        toast.done('Reminder done', undo(reminder))
      }),
    cancel: (reminder: Reminder) =>
      attempt(reminder, 'Couldn’t cancel the reminder', async () => {
        await reminderCancel(reminder)
        toast.done('Reminder cancelled', undo(reminder))
      }),
    snooze: (reminder: Reminder, until: number) =>
      attempt(reminder, 'Couldn’t snooze the reminder', async () => {
        const { due_at: due } = await reminderSnooze(reminder, new Date(until).toISOString())
        toast.done(`Due ${formatRelativeDay(due, Date.now())}`, undo(reminder))
      }),
    remove: (reminder: Reminder) =>
      attempt(reminder, 'Couldn’t delete the reminder', async () => {
        await reminderDelete(reminder)
        const again = () =>
          attempt(reminder, 'Couldn’t undo the change', async () => {
            await reminderCreate(reminder.investor_id, newReminder(valuesOf(reminder)))
            toast.done('Reminder restored')
          })
        toast.done('Reminder deleted', canComeBack(reminder) ? { action: { label: 'Undo', run: again } } : undefined)
      }),
  }
}
