import { Ban, Check, Clock, Ellipsis, Pencil, Repeat, RotateCcw, Trash2, TriangleAlert } from 'lucide-react'
import type { Reminder } from '@/api/types'
import { recurrenceWords } from '@/api/recurrence'
import { humanize } from '@/api/words'
import { formatExact, useTimeZone } from '@/lib/time'
import { zoneOffset } from '@/lib/zoned'
import { IconButton } from '@/ui/Button'
import { Menu, MenuItem } from '@/ui/Menu'
import { RelativeTime } from '@/ui/RelativeTime'
import type { ReminderActs } from './useReminderDialogs'
import { isOpen } from './values'

const REASONS: Record<string, string> = {
  recipient_not_permitted: 'the recipient no longer has access to this investor',
  investor_erased: 'the investor was erased',
}

/** "in 3 days · 24 Nov 2026, 09:00 CET", in the user's time zone; and in the reminder's if its clock shows another time. */
export function Due({ reminder: { due_at: due, time_zone: zone, recurrence } }: { reminder: Reminder }) {
  const own = useTimeZone()
  const elsewhere = own !== undefined && zoneOffset(Date.parse(due), own) !== zoneOffset(Date.parse(due), zone)
  return (
    <>
      <RelativeTime at={due} dated={false} /> · <span className="whitespace-nowrap">{formatExact(due, own)}</span>
      {elsewhere && <span className="whitespace-nowrap"> ({formatExact(due, zone)})</span>}
      {recurrence && (
        <span className="whitespace-nowrap">
          {' '}
          · <Repeat className="inline size-3" aria-hidden /> {recurrenceWords(recurrence)}
        </span>
      )}
    </>
  )
}

/** The problem with sending, if any. */
export function Trouble({ reminder: { status, attempts, last_error: error } }: { reminder: Reminder }) {
  if (status !== 'failed' && !(status === 'scheduled' && error)) return null
  const why = error ? (REASONS[error] ?? humanize(error)) : 'unknown'
  const tries = attempts === 0 ? '' : attempts === 1 ? ' after 1 try' : ` after ${attempts} tries`
  return (
    <p className="flex items-start gap-1 text-xs text-red">
      <TriangleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
      <span>{status === 'failed' ? `Not sent${tries}: ${why}.` : `Not sent yet${tries}: ${why}. It will be retried.`}</span>
    </p>
  )
}

/** The buttons of one reminder. */
export function ReminderButtons({ reminder, acts }: { reminder: Reminder; acts: ReminderActs }) {
  const open = isOpen(reminder)
  return (
    <span className="flex shrink-0">
      {open && <IconButton icon={Check} label="Done" onClick={() => acts.done(reminder)} />}
      <IconButton icon={open ? Clock : RotateCcw} label={open ? 'Snooze' : 'Remind again'} onClick={() => acts.snooze(reminder)} />
      <Menu trigger={<IconButton icon={Ellipsis} label="More actions" />}>
        {open && (
          <MenuItem icon={Pencil} onSelect={() => acts.edit(reminder)}>
            Edit
          </MenuItem>
        )}
        {open && (
          <MenuItem icon={Ban} onSelect={() => acts.cancel(reminder)}>
            Cancel reminder
          </MenuItem>
        )}
        <MenuItem icon={Trash2} danger onSelect={() => acts.remove(reminder)}>
          Delete
        </MenuItem>
      </Menu>
    </span>
  )
}
