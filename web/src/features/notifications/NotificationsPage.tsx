import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi, Link } from '@tanstack/react-router'
import { Bell, CheckCheck } from 'lucide-react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import { notificationList, notificationUnreadCount } from '@/api/notifications'
import { cx } from '@/lib/cx'
import { useShortcut } from '@/lib/shortcuts'
import { ExportButton } from '@/shell/ExportButton'
import { usePageTitle } from '@/lib/title'
import { NotificationRow } from '@/shell/NotificationRow'
import { useMarkRead } from '@/shell/useMarkRead'
import { Button } from '@/ui/Button'
import { LoadMore } from '@/ui/LoadMore'
import { PageHeader } from '@/ui/PageHeader'
import { EmptyState, ErrorState, Loading, Skeleton } from '@/ui/states'

export const Route = createLazyRoute('/shell/notifications')({ component: NotificationsPage })
const route = getRouteApi('/shell/notifications')

function SkeletonRows() {
  return (
    <Loading label="Loading notifications">
      {Array.from({ length: 7 }, (_, row) => (
        <div key={row} className="flex gap-3 border-b border-line px-4 py-4 md:px-6">
          <Skeleton className="size-7" />
          <div className="flex flex-1 flex-col gap-2.5">
            <Skeleton className="h-3 w-2/3" />
            <Skeleton className="h-3 w-24" />
          </div>
        </div>
      ))}
    </Loading>
  )
}

function Views({ unread, count }: { unread: boolean; count: number }) {
  const look =
    'flex h-7 items-center gap-1.5 rounded-sm px-2.5 font-medium text-ink-3 hover:text-ink max-md:h-10 max-md:flex-1 max-md:justify-center'
  const on = 'bg-surface !text-ink shadow-[0_1px_2px_#0000001a] dark:bg-raised'
  return (
    <nav aria-label="Which notifications" className="flex rounded-md bg-slate-bg p-0.5 max-md:w-full">
      <Link to="/notifications" search={{}} replace aria-current={unread ? undefined : 'page'} className={cx(look, !unread && on)}>
        All
      </Link>
      <Link
        to="/notifications"
        search={{ unread: true }}
        replace
        aria-current={unread ? 'page' : undefined}
        className={cx(look, unread && on)}
      >
        Unread {count > 0 && <span className="tabular text-xs text-ink-3">{count}</span>}
      </Link>
    </nav>
  )
}

function NotificationsPage() {
  usePageTitle('Notifications')
  const { unread } = route.useSearch()
  const filters = unread ? { unread } : {}
  const list = useInfiniteQuery({
    queryKey: keys.notifications.list(filters),
    queryFn: ({ pageParam }) => notificationList(filters, pageParam),
    ...pages,
  })
  const count = useQuery({ queryKey: keys.notifications.unread, queryFn: notificationUnreadCount }).data ?? 0
  const read = useMarkRead()
  const markAll = () => count > 0 && read.mutate({ all: true })
  useShortcut('e', 'Mark all as read', markAll)
  const shown = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageHeader
        title="Notifications"
        actions={
          <>
            <ExportButton path="/api/exports/notifications" filters={filters} name="notifications" />
            <Button icon={CheckCheck} disabled={count === 0} onClick={markAll}>
              Mark all as read
            </Button>
          </>
        }
      >
        <div className="flex">
          <Views unread={unread === true} count={count} />
        </div>
      </PageHeader>
      {list.isPending ? (
        <SkeletonRows />
      ) : list.isError && shown.length === 0 ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={unread ? CheckCheck : Bell}
          title={unread ? 'No unread notifications' : 'No notifications yet'}
          action={
            unread && (
              <Link to="/notifications" search={{}} className="font-medium text-accent hover:underline">
                See all notifications
              </Link>
            )
          }
        >
          {unread ? 'You’re all caught up.' : 'You’ll be notified when someone acts on something of yours, and when your imports finish.'}
        </EmptyState>
      ) : (
        <>
          <ul className="divide-y divide-line border-b border-line">
            {shown.map((one) => (
              <NotificationRow key={one.id} notification={one} onRead={() => read.mutate({ ids: [one.id] })} />
            ))}
          </ul>
          <LoadMore hasMore={list.hasNextPage} loading={list.isFetchingNextPage} onLoad={() => void list.fetchNextPage()} />
          {!list.hasNextPage && <p className="py-4 text-center text-xs text-ink-3">Kept for 90 days.</p>}
        </>
      )}
    </>
  )
}
