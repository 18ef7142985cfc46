import { api, paged, unwrap } from './client'
import type { AuditRecord, AuditVerification, Filters, Page } from './types'

export type AuditFilters = Filters<'audit_list'>

export function auditList(filters: AuditFilters = {}, cursor?: string | null): Promise<Page<AuditRecord>> {
  return unwrap(api.GET('/api/audit', { params: { query: paged(filters, cursor) } }))
}

export function auditVerify(entityType: string, entityId: string): Promise<AuditVerification> {
  const query = { entity_type: entityType, entity_id: entityId }
  return unwrap(api.GET('/api/audit/verify', { params: { query } }))
}

const DENIED = /denied|refused/

/**
 * The user whose change an edit ran into: the last one who changed any of these fields, or else the entity. Undefined if it is unknown or
 * the caller may not read the history.
 */
export async function lastChange(entityType: string, entityId: string, fields: readonly string[] = []): Promise<string | undefined> {
  const { items } = await auditList({ entity_type: entityType, entity_id: entityId }).catch(() => ({ items: [] as AuditRecord[] }))
  const made = items.filter(({ action, changes }) => !DENIED.test(action) && changes.length > 0)
  const found = made.find(({ changes }) => changes.some(({ field }) => fields.includes(field))) ?? made[0]
  return found?.actor_name
}
