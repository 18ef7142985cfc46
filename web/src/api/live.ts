import { api, once, unwrap } from './client'
import type { LiveTicket, MissedEvents } from './types'

export function liveTicketCreate(): Promise<LiveTicket> {
  return unwrap(api.POST('/api/live/ticket', once()))
}

/** Events after one that was seen; not `complete` means too much was missed and all must be fetched anew. */
export function liveEventList(after: string): Promise<MissedEvents> {
  return unwrap(api.GET('/api/live/events', { params: { query: { after } } }))
}
