import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { keys } from '@/api/keys'
import { reminderList } from '@/api/reminders'
import type { Reminder } from '@/api/types'
import { useCan, useMe } from '@/session/useMe'
import { useUsers } from '@/session/useUsers'
import { Due, ReminderButtons, Trouble } from '@/shell/reminders/parts'
import { ReminderForm } from '@/shell/reminders/ReminderForm'
import { useReminderDialogs, type ReminderActs } from '@/shell/reminders/useReminderDialogs'
import { isOpen } from '@/shell/reminders/values'
import { ReminderBadge } from '@/ui/Badge'
import { IconButton } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Section } from '@/ui/PageHeader'
import { ErrorState, SkeletonLines } from '@/ui/states'

/** More than anyone sets for one investor; guards against endless fetching. */
const MAX_PAGES = 20

/** Open reminders, earliest due first. The API lists them by creation time, so all are read. */
async function openReminders(investorId: string): Promise<Reminder[]> {
  const open: Reminder[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, next_cursor: next } = await reminderList(investorId, cursor)
    open.push(...items.filter(isOpen))
    if (!next) break
    cursor = next
  }
  return open.sort((a, b) => a.due_at.localeCompare(b.due_at))
}

function Row({ reminder, acts }: { reminder: Reminder; acts: ReminderActs | undefined }) {
  const me = useMe()
  const { users } = useUsers()
  const forWhom = reminder.user_id === me.id ? undefined : (users.find(({ id }) => id === reminder.user_id)?.name ?? 'someone else')
  return (
    <li className="flex items-start gap-1 py-2.5 first:pt-0 last:pb-0">
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <p className="break-words whitespace-pre-wrap">{reminder.message}</p>
        <p className="text-xs text-ink-3">
          <Due reminder={reminder} />
          {forWhom && <> · for {forWhom}</>}
        </p>
        {reminder.status !== 'scheduled' && (
          <span>
            <ReminderBadge status={reminder.status} />
          </span>
        )}
        <Trouble reminder={reminder} />
      </div>
      {acts && <ReminderButtons reminder={reminder} acts={acts} />}
    </li>
  )
}

/** An investor's reminders. */
export function Reminders({ investorId, mayWrite }: { investorId: string; mayWrite: boolean }) {
  const may = useCan('reminder_write') && mayWrite
  const [creating, setCreating] = useState(false)
  const { acts, dialogs } = useReminderDialogs()
  const query = useQuery({
    queryKey: keys.reminders.of(investorId),
    queryFn: () => openReminders(investorId),
    // Each read of personal data is recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
  })
  return (
    <Section title="Reminders" actions={may && <IconButton icon={Plus} label="Set a reminder" onClick={() => setCreating(true)} />}>
      {query.isPending ? (
        <SkeletonLines lines={3} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data.length === 0 ? (
        <p className="text-ink-3">{may ? 'No reminders. Set one, and you’ll get an email when it’s due.' : 'No reminders.'}</p>
      ) : (
        <ul className="divide-y divide-line">
          {query.data.map((reminder) => (
            <Row key={reminder.id} reminder={reminder} acts={may ? acts : undefined} />
          ))}
        </ul>
      )}
      <Dialog open={creating} onClose={() => setCreating(false)} title="New reminder">
        {creating && <ReminderForm investorId={investorId} onDone={() => setCreating(false)} />}
      </Dialog>
      {dialogs}
    </Section>
  )
}
