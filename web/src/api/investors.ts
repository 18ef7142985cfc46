import { api, ifMatch, once, paged, unwrap } from './client'
import type { Filters, Investor, InvestorCard, InvestorPatch, NewInvestor, Page, TimelineEntry } from './types'

export type InvestorFilters = Filters<'investor_list'>
export type TimelineFilters = Filters<'timeline_list'>

type Versioned = Pick<Investor, 'id' | 'version'>

const at = (investorId: string) => ({ path: { investor_id: investorId } })

export function investorList(filters: InvestorFilters = {}, cursor?: string | null): Promise<Page<InvestorCard>> {
  return unwrap(api.GET('/api/investors', { params: { query: paged(filters, cursor) } }))
}

export function investorCreate(body: NewInvestor, key?: string): Promise<Investor> {
  return unwrap(api.POST('/api/investors', { body, ...once(key) }))
}

export function investorGet(investorId: string): Promise<Investor> {
  return unwrap(api.GET('/api/investors/{investor_id}', { params: at(investorId) }))
}

export function investorUpdate(investor: Versioned, body: InvestorPatch): Promise<Investor> {
  return unwrap(api.PATCH('/api/investors/{investor_id}', { params: at(investor.id), body, ...ifMatch(investor) }))
}

export function investorDelete(investor: Versioned): Promise<void> {
  return unwrap(api.DELETE('/api/investors/{investor_id}', { params: at(investor.id), ...ifMatch(investor) }))
}

export function investorRestore(investor: Versioned): Promise<Investor> {
  const headers = { ...once().headers, ...ifMatch(investor).headers }
  return unwrap(api.POST('/api/investors/{investor_id}/restore', { params: at(investor.id), headers }))
}

export function timelineList(investorId: string, filters: TimelineFilters = {}, cursor?: string | null): Promise<Page<TimelineEntry>> {
  const params = { ...at(investorId), query: paged(filters, cursor) }
  return unwrap(api.GET('/api/investors/{investor_id}/timeline', { params }))
}
