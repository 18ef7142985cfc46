import { call, ifMatch, once, paged } from './client'
import type { Milestone, MilestonePatch, NewMilestone, RoadmapMilestone } from './product-types'
import type { Page } from './types'

type Versioned = Pick<Milestone, 'id' | 'product_id' | 'version'>

const all = (productId: string) => `/api/products/${productId}/milestones`
const at = ({ id, product_id }: Pick<Milestone, 'id' | 'product_id'>) => `${all(product_id)}/${id}`

export function milestoneList(productId: string, cursor?: string | null): Promise<Page<Milestone>> {
  return call('get', all(productId), { query: paged({}, cursor) })
}

export function milestoneGet(milestone: Pick<Milestone, 'id' | 'product_id'>): Promise<Milestone> {
  return call('get', at(milestone))
}

export function milestoneCreate(productId: string, body: NewMilestone, key?: string): Promise<Milestone> {
  return call('post', all(productId), { body, ...once(key) })
}

export function milestoneUpdate(milestone: Versioned, body: MilestonePatch): Promise<Milestone> {
  return call('patch', at(milestone), { body, ...ifMatch(milestone) })
}

export function milestoneDelete(milestone: Versioned): Promise<void> {
  return call('delete', at(milestone), ifMatch(milestone))
}

/** The milestones of every product that the caller sees, by their day. */
export function roadmapGet(cursor?: string | null): Promise<Page<RoadmapMilestone>> {
  return call('get', '/api/roadmap', { query: paged({}, cursor) })
}
