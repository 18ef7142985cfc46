import { api, once, unwrap } from './client'
import type { LiveTicket, MissedEvents } from './types'

export function liveTicketCreate(): Promise<LiveTicket> {
  return unwrap(api.POST('/api/live/ticket', once()))
}

/** Events after a known one. If `complete` is false, too much was missed and everything must be refetched. */
export function liveEventList(after: string): Promise<MissedEvents> {
  return unwrap(api.GET('/api/live/events', { params: { query: { after } } }))
}
