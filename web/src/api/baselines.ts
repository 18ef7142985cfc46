import { api, ifMatch, once, paged, unwrap } from './client'
import type { Baseline, BaselineComparison, NewBaseline, Page } from './types'

type Placed = Pick<Baseline, 'id' | 'product_id'>

const within = (productId: string) => ({ path: { product_id: productId } })
const one = ({ id, product_id }: Placed) => ({ path: { product_id, baseline_id: id } })

export function baselineList(productId: string, cursor?: string | null): Promise<Page<Baseline>> {
  const params = { ...within(productId), query: paged({}, cursor) }
  return unwrap(api.GET('/api/products/{product_id}/baselines', { params }))
}

export function baselineCreate(productId: string, body: NewBaseline, key?: string): Promise<Baseline> {
  return unwrap(api.POST('/api/products/{product_id}/baselines', { params: within(productId), body, ...once(key) }))
}

export function baselineGet(baseline: Placed): Promise<Baseline> {
  return unwrap(api.GET('/api/products/{product_id}/baselines/{baseline_id}', { params: one(baseline) }))
}

export function baselineDelete(baseline: Placed & Pick<Baseline, 'version'>): Promise<void> {
  const request = { params: one(baseline), ...ifMatch(baseline) }
  return unwrap(api.DELETE('/api/products/{product_id}/baselines/{baseline_id}', request))
}

/** The differences from another baseline, or from `now`. */
export function baselineCompare(baseline: Placed, other: string, cursor?: string | null): Promise<BaselineComparison> {
  const params = { ...one(baseline), query: paged({ with: other }, cursor) }
  return unwrap(api.GET('/api/products/{product_id}/baselines/{baseline_id}/compare', { params }))
}
