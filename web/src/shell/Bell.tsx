import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bell as BellIcon } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState } from 'react'
import { keys } from '@/api/keys'
import { notificationList, notificationUnreadCount } from '@/api/notifications'
import type { Notification } from '@/api/types'
import { cx } from '@/lib/cx'
import { useShortcut } from '@/lib/shortcuts'
import { Button } from '@/ui/Button'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { useMarkRead } from './useMarkRead'

const LATEST = 8

function Row({ notification, onOpen }: { notification: Notification; onOpen: () => void }) {
  const unread = !notification.read_at
  return (
    <li>
      <Link to={notification.link} onClick={onOpen} className="flex gap-2.5 px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2">
        <span className={cx('mt-1.5 size-2 shrink-0 rounded-full', unread ? 'bg-accent' : 'bg-transparent')} aria-hidden />
        <span className="min-w-0 flex-1">
          <span className={cx('block', unread && 'font-medium')}>
            {unread && <span className="sr-only">Unread: </span>}
            {notification.title}
          </span>
          {notification.body && <span className="line-clamp-2 text-ink-2">{notification.body}</span>}
          <RelativeTime at={notification.created_at} className="text-xs text-ink-3" />
        </span>
      </Link>
    </li>
  )
}

function Latest({ close }: { close: () => void }) {
  const latest = useQuery({ queryKey: [...keys.notifications.all, 'list', 'latest'], queryFn: () => notificationList() })
  const read = useMarkRead()
  const shown = latest.data?.items.slice(0, LATEST) ?? []
  const open = (notification: Notification) => {
    close()
    if (!notification.read_at) read.mutate({ ids: [notification.id] })
  }
  return (
    <>
      <header className="flex h-11 items-center justify-between border-b border-line pr-2 pl-4">
        <h2 className="font-semibold">Notifications</h2>
        <Button
          variant="quiet"
          busy={read.isPending}
          disabled={!shown.some((one) => !one.read_at)}
          onClick={() => read.mutate({ all: true })}
        >
          Mark all as read
        </Button>
      </header>
      <div className="max-h-[60vh] overflow-y-auto">
        {latest.isPending ? (
          <div className="p-4">
            <SkeletonLines lines={5} />
          </div>
        ) : latest.isError ? (
          <ErrorState error={latest.error} onRetry={() => void latest.refetch()} />
        ) : shown.length === 0 ? (
          <EmptyState icon={BellIcon} title="No notifications yet">
            You’ll be notified when someone acts on something of yours.
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {shown.map((one) => (
              <Row key={one.id} notification={one} onOpen={() => open(one)} />
            ))}
          </ul>
        )}
      </div>
      <footer className="border-t border-line p-1">
        <Link
          to="/notifications"
          onClick={close}
          className="flex h-8 items-center justify-center rounded-md font-medium text-accent hover:bg-hover max-md:h-11"
        >
          See all
        </Link>
      </footer>
    </>
  )
}

/** The unread count, kept up to date by the live connection, and the latest notifications. */
export function Bell() {
  const [open, setOpen] = useState(false)
  const unread = useQuery({ queryKey: keys.notifications.unread, queryFn: notificationUnreadCount }).data ?? 0
  useShortcut('b', 'Show notifications', () => setOpen(true), 'Anywhere')
  const label = unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={label}
        className="relative grid size-9 place-items-center rounded-md text-ink-2 hover:bg-hover hover:text-ink max-md:size-11"
      >
        <BellIcon className="size-4 max-md:size-5" aria-hidden />
        {unread > 0 && (
          <span
            className="tabular absolute top-0.5 right-0 h-4 min-w-4 rounded-full bg-accent px-1 text-center text-[10px] leading-4 font-semibold text-on-accent"
            aria-hidden
          >
            {unread > 99 ? '99+' : unread}
          </span>
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Notifications"
          className="z-40 w-[380px] max-w-[calc(100vw-16px)] overflow-hidden rounded-lg bg-raised shadow-pop animate-pop focus:outline-none"
        >
          <Latest close={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
