import { api, ifMatch, once, paged, unwrap } from './client'
import type { Investor, Merge, NewMerge, Page } from './types'

export function mergeList(investorId: string, cursor?: string | null): Promise<Page<Merge>> {
  return unwrap(api.GET('/api/investors/{investor_id}/merges', { params: { path: { investor_id: investorId }, query: paged({}, cursor) } }))
}

/** Merges another investor into this one and returns the merged investor. */
export function mergeCreate(investor: Pick<Investor, 'id' | 'version'>, body: NewMerge, key?: string): Promise<Investor> {
  const headers = { ...once(key).headers, ...ifMatch(investor).headers }
  return unwrap(api.POST('/api/investors/{investor_id}/merges', { params: { path: { investor_id: investor.id } }, body, headers }))
}
