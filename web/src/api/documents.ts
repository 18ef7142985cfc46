import { api, ifMatch, once, paged, unwrap } from './client'
import type {
  Document,
  DocumentDetail,
  DocumentDownload,
  DocumentPatch,
  DocumentUpload,
  Filters,
  NewDocument,
  NewDocumentVersion,
  Page,
} from './types'

type Placed = Pick<Document, 'id' | 'investor_id'>
type Read = Pick<Document, 'id' | 'investor_id' | 'version'>

const one = ({ id, investor_id }: Placed) => ({ path: { investor_id, document_id: id } })

export type DocumentFilters = Filters<'document_list'>

export function documentList(investorId: string, cursor?: string | null, filters: DocumentFilters = {}): Promise<Page<Document>> {
  const params = { path: { investor_id: investorId }, query: paged(filters, cursor) }
  return unwrap(api.GET('/api/investors/{investor_id}/documents', { params }))
}

export function documentCreate(investorId: string, body: NewDocument, key?: string): Promise<DocumentUpload> {
  const params = { path: { investor_id: investorId } }
  return unwrap(api.POST('/api/investors/{investor_id}/documents', { params, body, ...once(key) }))
}

export function documentGet(document: Placed): Promise<DocumentDetail> {
  return unwrap(api.GET('/api/investors/{investor_id}/documents/{document_id}', { params: one(document) }))
}

export function documentUpdate(document: Read, body: DocumentPatch): Promise<Document> {
  const request = { params: one(document), body, ...ifMatch(document) }
  return unwrap(api.PATCH('/api/investors/{investor_id}/documents/{document_id}', request))
}

export function documentDelete(document: Read): Promise<void> {
  const request = { params: one(document), ...ifMatch(document) }
  return unwrap(api.DELETE('/api/investors/{investor_id}/documents/{document_id}', request))
}

export function documentVersionCreate(document: Placed, body: NewDocumentVersion, key?: string): Promise<DocumentUpload> {
  const request = { params: one(document), body, ...once(key) }
  return unwrap(api.POST('/api/investors/{investor_id}/documents/{document_id}/versions', request))
}

/** A short-lived URL for the file; every call is recorded. */
export function documentDownload(document: Placed, version: number, disposition: 'attachment' | 'inline'): Promise<DocumentDownload> {
  const params = { ...one(document), query: { version, disposition } }
  return unwrap(api.POST('/api/investors/{investor_id}/documents/{document_id}/download', { params }))
}
