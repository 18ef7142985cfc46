import { api, unwrap } from './client'
import type { Duplicate, DuplicateQuery } from './types'

/** Investors that may match the given description. */
export async function duplicateFind(body: DuplicateQuery, signal?: AbortSignal): Promise<Duplicate[]> {
  const found = await unwrap(api.POST('/api/investors/duplicates', { body, signal }))
  return found.items
}

/** Investors that may be duplicates of this one. */
export async function duplicateList(investorId: string): Promise<Duplicate[]> {
  const found = await unwrap(api.GET('/api/investors/{investor_id}/duplicates', { params: { path: { investor_id: investorId } } }))
  return found.items
}
