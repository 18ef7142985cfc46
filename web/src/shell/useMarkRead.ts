import { useMutation, useQueryClient, type InfiniteData, type QueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import { notificationMarkRead, type NotificationPage } from '@/api/notifications'
import type { NotificationRead } from '@/api/types'
import { toast } from '@/ui/Toast'

type Listed = NotificationPage | InfiniteData<NotificationPage> | undefined

const LISTS = [...keys.notifications.all, 'list']

function markPage(page: NotificationPage, ids: readonly string[] | null, at: string): NotificationPage {
  const items = page.items.map((one) => (one.read_at || (ids && !ids.includes(one.id)) ? one : { ...one, read_at: at }))
  return { ...page, items }
}

/** The list with the given notifications, or all (null), marked as read: one page (the bell) or several (the page). */
export function markListed(listed: Listed, ids: readonly string[] | null, at: string): Listed {
  if (!listed) return listed
  if ('pages' in listed) return { ...listed, pages: listed.pages.map((page) => markPage(page, ids, at)) }
  return markPage(listed, ids, at)
}

function unreadAmong(client: QueryClient, ids: readonly string[]): number {
  const lists = client
    .getQueriesData<Listed>({ queryKey: LISTS })
    .flatMap(([, listed]) => (!listed ? [] : 'pages' in listed ? listed.pages : [listed]))
  return new Set(
    lists
      .flatMap((page) => page.items)
      .filter((one) => !one.read_at && ids.includes(one.id))
      .map((one) => one.id),
  ).size
}

/** Marks notifications as read, optimistically and on the server; reverts if the server refuses. */
export function useMarkRead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: notificationMarkRead,
    onMutate: async ({ ids }: NotificationRead) => {
      await client.cancelQueries({ queryKey: keys.notifications.all })
      const before = client.getQueriesData<unknown>({ queryKey: keys.notifications.all })
      const unread = client.getQueryData<number>(keys.notifications.unread) ?? 0
      client.setQueryData(keys.notifications.unread, ids ? Math.max(0, unread - unreadAmong(client, ids)) : 0)
      client.setQueriesData<Listed>({ queryKey: LISTS }, (listed: Listed) => markListed(listed, ids ?? null, new Date().toISOString()))
      return before
    },
    onSuccess: (unread) => client.setQueryData(keys.notifications.unread, unread),
    onError: (error, _body, before) => {
      for (const [key, data] of before ?? []) client.setQueryData(key, data)
      toast.error('Couldn’t mark as read', error)
    },
    onSettled: () => client.invalidateQueries({ queryKey: LISTS }),
  })
}
