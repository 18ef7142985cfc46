import { api, ifMatch, once, paged, unwrap } from './client'
import type { Attachment, AttachmentUpload, FileDownload, NewAttachment, Page, Task } from './types'

type OfTask = Pick<Task, 'id' | 'product_id'>
type Placed = Pick<Attachment, 'id' | 'product_id' | 'task_id'>

const of = ({ id, product_id }: OfTask) => ({ path: { product_id, task_id: id } })
const one = ({ id, product_id, task_id }: Placed) => ({ path: { product_id, task_id, attachment_id: id } })

/** Newest first: available attachments, and the caller's own unfinished ones. */
export function attachmentList(task: OfTask, cursor?: string | null): Promise<Page<Attachment>> {
  const params = { ...of(task), query: paged({}, cursor) }
  return unwrap(api.GET('/api/products/{product_id}/tasks/{task_id}/attachments', { params }))
}

export function attachmentCreate(task: OfTask, body: NewAttachment, key?: string): Promise<AttachmentUpload> {
  return unwrap(api.POST('/api/products/{product_id}/tasks/{task_id}/attachments', { params: of(task), body, ...once(key) }))
}

export function attachmentDelete(attachment: Placed & Pick<Attachment, 'version'>): Promise<void> {
  const request = { params: one(attachment), ...ifMatch(attachment) }
  return unwrap(api.DELETE('/api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}', request))
}

/** A short-lived URL for the file; every call is recorded. */
export function attachmentDownload(attachment: Placed, disposition: 'attachment' | 'inline'): Promise<FileDownload> {
  const params = { ...one(attachment), query: { disposition } }
  return unwrap(api.POST('/api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}/download', { params }))
}
