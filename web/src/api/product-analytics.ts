import { api, unwrap } from './client'
import type { Filters, ProductCycle, ProductFlow, ProductTeam } from './types'

export type ProductPeriod = Filters<'product_flow_get'>

export function productFlowGet(productId: string, query: ProductPeriod): Promise<ProductFlow> {
  return unwrap(api.GET('/api/products/{product_id}/analytics/flow', { params: { path: { product_id: productId }, query } }))
}

export function productCycleGet(productId: string, query: ProductPeriod): Promise<ProductCycle> {
  return unwrap(api.GET('/api/products/{product_id}/analytics/cycle', { params: { path: { product_id: productId }, query } }))
}

export function productTeamGet(productId: string, query: ProductPeriod): Promise<ProductTeam> {
  return unwrap(api.GET('/api/products/{product_id}/analytics/team', { params: { path: { product_id: productId }, query } }))
}
