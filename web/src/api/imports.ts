import { api, once, paged, unwrap } from './client'
import { Problem } from './problem'
import type { Import, ImportCreated, ImportEncoding, ImportPreview, ImportRowError, ImportStart, ImportUpload, NewImport, Page } from './types'

const at = (importId: string) => ({ path: { import_id: importId } })

export function importList(cursor?: string | null): Promise<Page<Import>> {
  return unwrap(api.GET('/api/imports', { params: { query: paged({}, cursor) } }))
}

export function importCreate(body: NewImport, key?: string): Promise<ImportCreated> {
  return unwrap(api.POST('/api/imports', { body, ...once(key) }))
}

/** Bytes sent so far. */
export type UploadProgress = (sent: number) => void

/**
 * Sends the file to the address that `importCreate` answered, with exactly its headers and no token. Not by `fetch`,
 * which cannot tell how far an upload is.
 */
export function importUpload(upload: ImportUpload, file: Blob, onProgress: UploadProgress, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(upload.method, upload.url)
    for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve()
      else reject(new Problem({ status: request.status, code: 'upload_refused', title: 'The file was not taken', detail: 'The address for the upload may be too old. Choose the file again.' }))
    }
    // What `fetch` throws when no answer arrives.
    request.onerror = () => reject(new TypeError('The upload was cut off'))
    request.onabort = () => reject(new DOMException('The upload was cancelled', 'AbortError'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
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
