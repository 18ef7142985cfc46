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
