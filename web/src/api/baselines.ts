import { call, ifMatch, once, paged } from './client'
import type { Baseline, BaselineComparison } from './product-types'
import type { Page } from './types'

type Placed = Pick<Baseline, 'id' | 'product_id'>

const all = (productId: string) => `/api/products/${productId}/baselines`
const at = ({ id, product_id }: Placed) => `${all(product_id)}/${id}`

export function baselineList(productId: string, cursor?: string | null): Promise<Page<Baseline>> {
  return call('get', all(productId), { query: paged({}, cursor) })
}

export function baselineCreate(productId: string, body: { name: string; description?: string }, key?: string): Promise<Baseline> {
  return call('post', all(productId), { body, ...once(key) })
}

export function baselineGet(baseline: Placed): Promise<Baseline> {
  return call('get', at(baseline))
}

export function baselineDelete(baseline: Placed & Pick<Baseline, 'version'>): Promise<void> {
  return call('delete', at(baseline), ifMatch(baseline))
}

/** What is different in another baseline, or `now`. */
export function baselineCompare(baseline: Placed, other: string, cursor?: string | null): Promise<BaselineComparison> {
  return call('get', `${at(baseline)}/compare`, { query: paged({ with: other }, cursor) })
}
