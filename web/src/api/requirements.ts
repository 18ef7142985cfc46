import { call, ifMatch, once, paged } from './client'
import type { NewRequirement, Requirement, RequirementCard, RequirementComparison, RequirementFilters, RequirementPatch, RequirementTask, RequirementVersion } from './requirement-types'
import type { Page } from './types'

type Placed = Pick<Requirement, 'id' | 'product_id'>
type Versioned = Placed & Pick<Requirement, 'version'>

const MOST_AT_ONCE = 100
const all = (productId: string) => `/api/products/${productId}/requirements`
const at = ({ id, product_id }: Placed) => `${all(product_id)}/${id}`

export function requirementList(productId: string, filters: RequirementFilters = {}, cursor?: string | null): Promise<Page<RequirementCard>> {
  return call('get', all(productId), { query: { ...paged(filters, cursor), limit: MOST_AT_ONCE } })
}

export function requirementCreate(productId: string, body: NewRequirement, key?: string): Promise<Requirement> {
  return call('post', all(productId), { body, ...once(key) })
}

export function requirementGet(requirement: Placed): Promise<Requirement> {
  return call('get', at(requirement))
}

export function requirementUpdate(requirement: Versioned, body: RequirementPatch): Promise<Requirement> {
  return call('patch', at(requirement), { body, ...ifMatch(requirement) })
}

export function requirementDelete(requirement: Versioned): Promise<void> {
  return call('delete', at(requirement), ifMatch(requirement))
}

export function requirementVersionList(requirement: Placed, cursor?: string | null): Promise<Page<RequirementVersion>> {
  return call('get', `${at(requirement)}/versions`, { query: paged({}, cursor) })
}

export function requirementCompare(requirement: Placed, from: number, to: number): Promise<RequirementComparison> {
  return call('get', `${at(requirement)}/compare`, { query: { from, to } })
}

/** What an old version said becomes the newest one. */
export function requirementRestore(requirement: Versioned, version: number): Promise<Requirement> {
  return call('post', `${at(requirement)}/restore`, { body: { version }, headers: { ...once().headers, ...ifMatch(requirement).headers } })
}

/** The tasks of a requirement. */
export function requirementTaskList({ id, product_id }: Placed, cursor?: string | null): Promise<Page<RequirementTask>> {
  return call('get', `/api/products/${product_id}/tasks`, { query: paged({ requirement_id: id }, cursor) })
}
