import { api, ifMatch, once, paged, unwrap } from './client'
import type { Filters, MyReminder, NewReminder, Page, Reminder, ReminderPatch } from './types'

export type MyReminderFilters = Filters<'reminder_list_mine'>

type Placed = Pick<Reminder, 'id' | 'investor_id'>
type Versioned = Pick<Reminder, 'id' | 'investor_id' | 'version'>

const one = (reminder: Placed) => ({ path: { investor_id: reminder.investor_id, reminder_id: reminder.id } })

export function reminderList(investorId: string, cursor?: string | null): Promise<Page<Reminder>> {
  const params = { path: { investor_id: investorId }, query: paged({}, cursor) }
  return unwrap(api.GET('/api/investors/{investor_id}/reminders', { params }))
}

/** The caller's own reminders about all investors, earliest due first. */
export function reminderListMine(filters: MyReminderFilters = {}, cursor?: string | null): Promise<Page<MyReminder>> {
  return unwrap(api.GET('/api/reminders', { params: { query: paged(filters, cursor) } }))
}

export function reminderGet(reminder: Placed): Promise<Reminder> {
  return unwrap(api.GET('/api/investors/{investor_id}/reminders/{reminder_id}', { params: one(reminder) }))
}

export function reminderCreate(investorId: string, body: NewReminder, key?: string): Promise<Reminder> {
  const params = { path: { investor_id: investorId } }
  return unwrap(api.POST('/api/investors/{investor_id}/reminders', { params, body, ...once(key) }))
}

export function reminderUpdate(reminder: Versioned, body: ReminderPatch): Promise<Reminder> {
  const request = { params: one(reminder), body, ...ifMatch(reminder) }
  return unwrap(api.PATCH('/api/investors/{investor_id}/reminders/{reminder_id}', request))
}

export function reminderDelete(reminder: Versioned): Promise<void> {
  const request = { params: one(reminder), ...ifMatch(reminder) }
  return unwrap(api.DELETE('/api/investors/{investor_id}/reminders/{reminder_id}', request))
}

export function reminderDone(reminder: Placed): Promise<Reminder> {
  return unwrap(api.POST('/api/investors/{investor_id}/reminders/{reminder_id}/done', { params: one(reminder), ...once() }))
}

export function reminderCancel(reminder: Placed): Promise<Reminder> {
  return unwrap(api.POST('/api/investors/{investor_id}/reminders/{reminder_id}/cancel', { params: one(reminder), ...once() }))
}

/** Snoozes a reminder; one that was sent, done, cancelled or failed is scheduled again. */
export function reminderSnooze(reminder: Placed, until: string): Promise<Reminder> {
  const request = { params: one(reminder), body: { until }, ...once() }
  return unwrap(api.POST('/api/investors/{investor_id}/reminders/{reminder_id}/snooze', request))
}
