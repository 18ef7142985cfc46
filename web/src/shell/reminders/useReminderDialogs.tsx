import { useState, type ReactNode } from 'react'
import type { Reminder } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ReminderForm } from './ReminderForm'
import { SnoozeDialog } from './SnoozeDialog'
import { canComeBack, useReminderActions } from './useReminderActions'

export interface ReminderActs {
  done: (reminder: Reminder) => void
  snooze: (reminder: Reminder) => void
  edit: (reminder: Reminder) => void
  cancel: (reminder: Reminder) => void
  remove: (reminder: Reminder) => void
}

type Asked = { what: 'snooze' | 'edit' | 'remove'; reminder: Reminder } | null

/** Actions on reminders, and the dialogs some of them need; rendered once per page. */
export function useReminderDialogs(): { acts: ReminderActs; dialogs: ReactNode } {
  const actions = useReminderActions()
  const [asked, setAsked] = useState<Asked>(null)
  const close = () => setAsked(null)
  const about = (what: 'snooze' | 'edit' | 'remove') => (asked?.what === what ? asked.reminder : undefined)
  const [snoozed, edited, removed] = [about('snooze'), about('edit'), about('remove')]
  const acts: ReminderActs = {
    done: actions.done,
    cancel: actions.cancel,
    snooze: (reminder) => setAsked({ what: 'snooze', reminder }),
    edit: (reminder) => setAsked({ what: 'edit', reminder }),
    // Asks for confirmation only if there is no undo.
    remove: (reminder) => (canComeBack(reminder) ? actions.remove(reminder) : setAsked({ what: 'remove', reminder })),
  }
  const dialogs = (
    <>
      <SnoozeDialog
        reminder={snoozed}
        onClose={close}
        onChoose={(until) => {
          if (snoozed) actions.snooze(snoozed, until)
          close()
        }}
      />
      <Dialog open={edited !== undefined} onClose={close} title="Edit reminder">
        {edited && <ReminderForm investorId={edited.investor_id} reminder={edited} onDone={close} />}
      </Dialog>
      <Dialog
        open={removed !== undefined}
        onClose={close}
        size="small"
        title="Delete this reminder?"
        description="This can’t be undone. To keep it without being reminded, cancel it instead."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              variant="danger"
              onClick={() => {
                if (removed) actions.remove(removed)
                close()
              }}
            >
              Delete
            </Button>
          </>
        }
      />
    </>
  )
  return { acts, dialogs }
}
