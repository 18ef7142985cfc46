import { api, once, paged, unwrap } from './client'
import { problemFrom } from './problem'
import type { Import, ImportCreated, ImportPreview, ImportRowError, ImportStart, ImportUpload, NewImport, Page } from './types'

const at = (importId: string) => ({ path: { import_id: importId } })

export function importList(cursor?: string | null): Promise<Page<Import>> {
  return unwrap(api.GET('/api/imports', { params: { query: paged({}, cursor) } }))
}

export function importCreate(body: NewImport, key?: string): Promise<ImportCreated> {
  return unwrap(api.POST('/api/imports', { body, ...once(key) }))
}

/** Sends the file to the address that `importCreate` answered, with exactly its headers and no token. */
export async function importUpload(upload: ImportUpload, file: Blob, signal?: AbortSignal): Promise<void> {
  const response = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: file, signal })
  if (!response.ok) throw problemFrom(response, null)
}

export function importGet(importId: string): Promise<Import> {
  return unwrap(api.GET('/api/imports/{import_id}', { params: at(importId) }))
}

export function importPreview(importId: string): Promise<ImportPreview> {
  return unwrap(api.POST('/api/imports/{import_id}/preview', { params: at(importId), ...once() }))
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
