import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CheckCheck } from 'lucide-react'
import { keys } from '@/api/keys'
import { notificationList, notificationUnreadCount } from '@/api/notifications'
import { NotificationRow } from '@/shell/NotificationRow'
import { useMarkRead } from '@/shell/useMarkRead'
import { IconButton, buttonClass } from '@/ui/Button'
import { Section } from '@/ui/PageHeader'
import { ErrorState, SkeletonLines } from '@/ui/states'

const SHOWN = 3

/** The newest unread notifications. */
export function News() {
  const unread = useQuery({
    queryKey: [...keys.notifications.list({ unread: true }), 'first'],
    queryFn: () => notificationList({ unread: true }),
  })
  const count = useQuery({ queryKey: keys.notifications.unread, queryFn: notificationUnreadCount }).data ?? 0
  const read = useMarkRead()
  const shown = (unread.data?.items ?? []).filter((one) => !one.read_at).slice(0, SHOWN)
  const actions = (
    <span className="flex items-center">
      {shown.length > 0 && (
        <IconButton icon={CheckCheck} label="Mark all as read" disabled={read.isPending} onClick={() => read.mutate({ all: true })} />
      )}
      <Link to="/notifications" className={buttonClass('quiet')}>
        See all
      </Link>
    </span>
  )
  return (
    <Section title="Notifications" hint={count > 0 ? `${count} unread` : undefined} actions={actions} flush>
      {unread.isPending ? (
        <div className="p-4">
          <SkeletonLines lines={5} />
        </div>
      ) : unread.isError ? (
        <ErrorState error={unread.error} onRetry={() => void unread.refetch()} />
      ) : shown.length === 0 ? (
        <p className="flex items-center gap-2 px-4 py-6 text-ink-2">
          <CheckCheck className="size-4 text-green" aria-hidden />
          You’re all caught up.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {shown.map((one) => (
            <NotificationRow key={one.id} narrow notification={one} onRead={() => read.mutate({ ids: [one.id] })} />
          ))}
        </ul>
      )}
    </Section>
  )
}
