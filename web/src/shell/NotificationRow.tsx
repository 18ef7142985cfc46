import { Link } from '@tanstack/react-router'
import {
  AlarmClock,
  ArrowRightLeft,
  AtSign,
  Bell,
  CalendarClock,
  CalendarX,
  Check,
  FilePenLine,
  FileUp,
  FileWarning,
  MailWarning,
  MessageSquare,
  SquareUserRound,
  Trash2,
  UserRoundCheck,
  Workflow,
  type LucideIcon,
} from 'lucide-react'
import type { Notification } from '@/api/types'
import { cx } from '@/lib/cx'
import { IconButton } from '@/ui/Button'
import { RelativeTime } from '@/ui/RelativeTime'

const ICONS: Record<Notification['kind'], LucideIcon> = {
  activity_created: MessageSquare,
  investor_assigned: UserRoundCheck,
  document_quarantined: FileWarning,
  import_finished: FileUp,
  reminder_due: AlarmClock,
  reminder_failed: MailWarning,
  task_assigned: SquareUserRound,
  task_status_changed: ArrowRightLeft,
  task_mentioned: AtSign,
  requirement_changed: FilePenLine,
  task_due_soon: CalendarClock,
  task_overdue: CalendarX,
  rule_fired: Workflow,
  product_deleted: Trash2,
}

/** A notification linked to its entity; an unread one can be marked as read. `narrow` is for use within a section. */
export function NotificationRow({
  notification,
  onRead,
  narrow = false,
}: {
  notification: Notification
  onRead: () => void
  narrow?: boolean
}) {
  const unread = !notification.read_at
  const Icon = ICONS[notification.kind] ?? Bell
  return (
    <li className={cx('group relative flex items-center gap-2 pr-3 hover:bg-hover', !narrow && 'md:pr-4', unread && 'bg-surface')}>
      <Link
        to={notification.link}
        onClick={() => unread && onRead()}
        className={cx('flex min-w-0 flex-1 gap-3 py-3 pl-4 focus-visible:-outline-offset-2', !narrow && 'md:pl-6')}
      >
        <span
          className={cx(
            'mt-0.5 grid size-7 shrink-0 place-items-center rounded-md',
            unread ? 'bg-selected text-accent' : 'bg-slate-bg text-ink-3',
          )}
        >
          <Icon className="size-4" aria-hidden />
        </span>
        <span className="min-w-0 flex-1">
          <span className={cx('block', unread ? 'font-medium' : 'text-ink-2')}>
            {unread && <span className="sr-only">Unread: </span>}
            {notification.title}
          </span>
          {notification.body && <span className="line-clamp-2 text-ink-2">{notification.body}</span>}
          <span className="text-xs text-ink-3">
            {notification.actor_name && <>{notification.actor_name} · </>}
            <RelativeTime at={notification.created_at} />
          </span>
        </span>
      </Link>
      {unread && <span className="size-2 shrink-0 rounded-full bg-accent md:group-hover:hidden md:group-focus-within:hidden" aria-hidden />}
      {unread && (
        <IconButton
          icon={Check}
          label="Mark as read"
          className="md:w-0 md:overflow-hidden md:opacity-0 md:group-focus-within:w-8 md:group-focus-within:opacity-100 md:group-hover:w-8 md:group-hover:opacity-100"
          onClick={onRead}
        />
      )}
    </li>
  )
}
