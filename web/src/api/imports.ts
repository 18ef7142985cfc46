import { api, once, paged, unwrap } from './client'
import type { Import, ImportCreated, ImportEncoding, ImportPreview, ImportRowError, ImportStart, NewImport, Page } from './types'

const at = (importId: string) => ({ path: { import_id: importId } })

export function importList(cursor?: string | null): Promise<Page<Import>> {
  return unwrap(api.GET('/api/imports', { params: { query: paged({}, cursor) } }))
}

export function importCreate(body: NewImport, key?: string): Promise<ImportCreated> {
  return unwrap(api.POST('/api/imports', { body, ...once(key) }))
}

export function importGet(importId: string): Promise<Import> {
  return unwrap(api.GET('/api/imports/{import_id}', { params: at(importId) }))
}

export function importPreview(importId: string, encoding: ImportEncoding): Promise<ImportPreview> {
  const params = { ...at(importId), query: { encoding } }
  return unwrap(api.POST('/api/imports/{import_id}/preview', { params, ...once() }))
}

export function importStart(importId: string, body: ImportStart, key?: string): Promise<Import> {
  return unwrap(api.POST('/api/imports/{import_id}/start', { params: at(importId), body, ...once(key) }))
}

export function importErrorList(importId: string, cursor?: string | null): Promise<Page<ImportRowError>> {
  const params = { ...at(importId), query: paged({}, cursor) }
  return unwrap(api.GET('/api/imports/{import_id}/errors', { params }))
}

export function importCancel(importId: string): Promise<Import> {
  return unwrap(api.POST('/api/imports/{import_id}/cancel', { params: at(importId), ...once() }))
}
