import { api, unwrap } from './client'
import type { SearchHit } from './types'

/** Prefix search in everything the caller can see. */
export async function searchList(q: string, signal?: AbortSignal): Promise<SearchHit[]> {
  const results = await unwrap(api.GET('/api/search', { params: { query: { q } }, signal }))
  return results.items
}
