import { expect, it } from 'vitest'
import type { NotificationPage } from '@/api/notifications'
import type { Notification } from '@/api/types'
import { markListed } from './useMarkRead'

const one = (id: string, readAt: string | null = null): Notification => ({
  id,
  created_at: '2026-11-21T00:00:00Z',
  kind: 'activity_created',
  title: id,
  link: '/investors',
  read_at: readAt,
})
const page = (items: Notification[]): NotificationPage => ({ items, next_cursor: null, unread_count: 2 })
const AT = '2026-11-21T12:00:00Z'

it('marks given notifications or all, keeping earlier read times', () => {
  const read = one('c', '2026-11-20T00:00:00Z')
  expect(markListed(page([one('a'), one('b'), read]), ['b'], AT)).toEqual(page([one('a'), one('b', AT), read]))
  const pages = { pages: [page([one('a')]), page([read])], pageParams: [null, 'x'] }
  expect(markListed(pages, null, AT)).toEqual({ pages: [page([one('a', AT)]), page([read])], pageParams: [null, 'x'] })
  expect(markListed(undefined, null, AT)).toBeUndefined()
})
