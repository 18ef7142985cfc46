import { api, ifMatch, once, paged, unwrap } from './client'
import type {
  Filters,
  NewRequirement,
  Page,
  Requirement,
  RequirementCard,
  RequirementChange,
  RequirementComparison,
  RequirementPatch,
  RequirementTask,
  RequirementVersion,
} from './types'

export type RequirementFilters = Filters<'requirement_list'>
type Placed = Pick<Requirement, 'id' | 'product_id'>
type Versioned = Placed & Pick<Requirement, 'version'>

const MAX_AT_ONCE = 100
const one = ({ id, product_id }: Placed) => ({ path: { product_id, requirement_id: id } })

export function requirementList(
  productId: string,
  filters: RequirementFilters = {},
  cursor?: string | null,
): Promise<Page<RequirementCard>> {
  const params = { path: { product_id: productId }, query: { ...paged(filters, cursor), limit: MAX_AT_ONCE } }
  return unwrap(api.GET('/api/products/{product_id}/requirements', { params }))
}

export function requirementCreate(productId: string, body: NewRequirement, key?: string): Promise<Requirement> {
  const params = { path: { product_id: productId } }
  return unwrap(api.POST('/api/products/{product_id}/requirements', { params, body, ...once(key) }))
}

export function requirementGet(requirement: Placed): Promise<Requirement> {
  return unwrap(api.GET('/api/products/{product_id}/requirements/{requirement_id}', { params: one(requirement) }))
}

export function requirementUpdate(requirement: Versioned, body: RequirementPatch): Promise<Requirement> {
  const request = { params: one(requirement), body, ...ifMatch(requirement) }
  return unwrap(api.PATCH('/api/products/{product_id}/requirements/{requirement_id}', request))
}

export function requirementDelete(requirement: Versioned): Promise<void> {
  const request = { params: one(requirement), ...ifMatch(requirement) }
  return unwrap(api.DELETE('/api/products/{product_id}/requirements/{requirement_id}', request))
}

export function requirementVersionList(requirement: Placed, cursor?: string | null): Promise<Page<RequirementVersion>> {
  const params = { ...one(requirement), query: paged({}, cursor) }
  return unwrap(api.GET('/api/products/{product_id}/requirements/{requirement_id}/versions', { params }))
}

export async function requirementCompare(
  requirement: Placed,
  from: number,
  to: number,
): Promise<Omit<RequirementComparison, 'changes'> & { changes: RequirementChange[] }> {
  const params = { ...one(requirement), query: { from, to } }
  const compared = await unwrap(api.GET('/api/products/{product_id}/requirements/{requirement_id}/compare', { params }))
  // The API document leaves the type of values open.
  return compared as typeof compared & { changes: RequirementChange[] }
}

/** Restores the content of an old version as a new version. */
export function requirementRestore(requirement: Versioned, version: number): Promise<Requirement> {
  const headers = { ...once().headers, ...ifMatch(requirement).headers }
  return unwrap(
    api.POST('/api/products/{product_id}/requirements/{requirement_id}/restore', { params: one(requirement), body: { version }, headers }),
  )
}

/** The tasks of a requirement. */
export function requirementTaskList({ id, product_id }: Placed, cursor?: string | null): Promise<Page<RequirementTask>> {
  const params = { path: { product_id }, query: paged({ requirement_id: id }, cursor) }
  return unwrap(api.GET('/api/products/{product_id}/tasks', { params }))
}
