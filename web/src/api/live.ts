import { api, once, unwrap } from './client'
import type { LiveEvent, LiveTicket, Page } from './types'

export type MissedEvents = Page<LiveEvent> & { complete: boolean }

export function liveTicketCreate(): Promise<LiveTicket> {
  return unwrap(api.POST('/api/live/ticket', once()))
}

/** Events after one that was seen; not `complete` means too much was missed and all must be fetched anew. */
export function liveEventList(after: string, cursor?: string | null): Promise<MissedEvents> {
  const query = { after, limit: 100, ...(cursor ? { cursor } : {}) }
  return unwrap(api.GET('/api/live/events', { params: { query } }))
}
