import { api, ifMatch, once, paged, unwrap } from './client'
import type { Milestone, MilestonePatch, NewMilestone, Page, RoadmapStrand } from './types'

type Placed = Pick<Milestone, 'id' | 'product_id'>
type Versioned = Placed & Pick<Milestone, 'version'>

const MAX_AT_ONCE = 100
const one = ({ id, product_id }: Placed) => ({ path: { product_id, milestone_id: id } })

/** By due date. */
export function milestoneList(productId: string, cursor?: string | null): Promise<Page<Milestone>> {
  const params = { path: { product_id: productId }, query: { ...paged({}, cursor), limit: MAX_AT_ONCE } }
  return unwrap(api.GET('/api/products/{product_id}/milestones', { params }))
}

export function milestoneCreate(productId: string, body: NewMilestone, key?: string): Promise<Milestone> {
  const params = { path: { product_id: productId } }
  return unwrap(api.POST('/api/products/{product_id}/milestones', { params, body, ...once(key) }))
}

export function milestoneGet(milestone: Placed): Promise<Milestone> {
  return unwrap(api.GET('/api/products/{product_id}/milestones/{milestone_id}', { params: one(milestone) }))
}

export function milestoneUpdate(milestone: Versioned, body: MilestonePatch): Promise<Milestone> {
  const request = { params: one(milestone), body, ...ifMatch(milestone) }
  return unwrap(api.PATCH('/api/products/{product_id}/milestones/{milestone_id}', request))
}

export function milestoneDelete(milestone: Versioned): Promise<void> {
  const request = { params: one(milestone), ...ifMatch(milestone) }
  return unwrap(api.DELETE('/api/products/{product_id}/milestones/{milestone_id}', request))
}

/** The products the caller can see, each with its milestones by due date. */
export function roadmapList(cursor?: string | null): Promise<Page<RoadmapStrand>> {
  return unwrap(api.GET('/api/roadmap', { params: { query: paged({}, cursor) } }))
}
