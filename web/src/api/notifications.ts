import { api, once, paged, unwrap } from './client'
import type { Filters, Notification, NotificationRead, Page } from './types'

export type NotificationFilters = Filters<'notification_list'>
export type NotificationPage = Page<Notification> & { unread_count: number }

export function notificationList(filters: NotificationFilters = {}, cursor?: string | null): Promise<NotificationPage> {
  return unwrap(api.GET('/api/notifications', { params: { query: paged(filters, cursor) } }))
}

/** Number of unread notifications. */
export async function notificationUnreadCount(): Promise<number> {
  return (await unwrap(api.GET('/api/notifications/unread-count'))).unread_count
}

/** Marks the given notifications, or all, as read and returns the new unread count. */
export async function notificationMarkRead(body: NotificationRead): Promise<number> {
  return (await unwrap(api.POST('/api/notifications/read', { body, ...once() }))).unread_count
}
