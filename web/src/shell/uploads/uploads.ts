import type { QueryKey } from '@tanstack/react-query'
import { Problem, asProblem } from '@/api/problem'
import type { FileType, NewDocumentVersion, QuarantineReason, DocumentStatus, Upload } from '@/api/types'
import { uploadSend } from '@/api/upload'
import { newId } from '@/lib/id'
import { sha256 } from '@/lib/sha256'
import { createStore } from '@/lib/store'
import { announcedName } from './file'

/** What the API needs to know about a file before the upload. */
export type NewFile = NewDocumentVersion

/** The API's response to an announcement. */
export interface Announced {
  /** The document or asset. */
  id: string
  /** The version awaiting the file. */
  number: number
  upload: Upload
  /** Deletes what was created for this file alone, if the file never arrives. */
  discard?: () => Promise<void>
}

/** The state of a file after the API has checked it. */
export interface Judged {
  versions: readonly { number: number; status: DocumentStatus; reason?: QuarantineReason | null }[]
}

/** An upload target: how documents, assets and attachments differ. */
export interface Target {
  /** The part of the app that shows the upload in progress, such as `investors/<id>`. */
  places: readonly string[]
  announce: (file: NewFile, key: string) => Promise<Announced>
  /** The query that reads a document or asset with its versions. */
  detail: (id: string) => { queryKey: QueryKey; queryFn: () => Promise<Judged> }
  /** Called whenever the API's state has changed. */
  onChange: () => void
}

export interface UploadItem {
  id: string
  /** The uploading user: another user who signs in on this page doesn't see it. */
  userId: string
  target: Target
  file: File
  type: FileType
  step: 'waiting' | 'reading' | 'sending' | 'checking' | 'failed'
  /** Bytes sent. */
  sent: number
  problem?: Problem
  /** The announced entity. */
  made?: Omit<Announced, 'upload'>
}

/** More concurrent uploads would only share the same bandwidth. */
const AT_ONCE = 2
const UNREADABLE = new Problem({
  status: 0,
  code: 'file_unreadable',
  title: 'The file can’t be read',
  detail: 'It may have been moved or changed. Choose it again.',
})

/** Uploads in progress. They continue while other pages are shown. */
export const uploads = createStore<readonly UploadItem[]>([])

const running = new Map<string, AbortController>()
let guarded = false

/** Leaving the page would interrupt uploads. */
function guard(): void {
  if (guarded) return
  guarded = true
  window.addEventListener('beforeunload', (event) => {
    if (uploads.get().some(({ step }) => step === 'waiting' || step === 'reading' || step === 'sending')) event.preventDefault()
  })
}

function patch(id: string, changes: Partial<UploadItem>): void {
  uploads.set((items) => items.map((item) => (item.id === id ? { ...item, ...changes } : item)))
}

export function uploadRemove(id: string): void {
  uploads.set((items) => items.filter((item) => item.id !== id))
}

/** Queues files for upload. */
export function uploadAdd(userId: string, target: Target, files: readonly { file: File; type: FileType }[]): void {
  guard()
  const added = files.map(({ file, type }): UploadItem => ({ id: newId(), userId, target, file, type, step: 'waiting', sent: 0 }))
  uploads.set((items) => [...items, ...added])
  next()
}

/** Cancels an upload, and deletes what was created for its file. */
export function uploadCancel(item: UploadItem): void {
  running.get(item.id)?.abort()
  uploadRemove(item.id)
  void discard(item).then(item.target.onChange)
}

/** Announces and uploads a file again from the start: the previous URL may have expired. */
export function uploadRetry(item: UploadItem): void {
  void discard(item)
  const { made: _gone, problem: _solved, ...rest } = item
  uploads.set((items) => items.map((one) => (one.id === item.id ? { ...rest, step: 'waiting', sent: 0 } : one)))
  next()
}

async function discard({ made }: Pick<UploadItem, 'made'>): Promise<void> {
  // If this fails, the API removes it after a day.
  await made?.discard?.().catch(() => undefined)
}

function next(): void {
  for (const item of uploads.get()) {
    if (running.size >= AT_ONCE) return
    if (item.step === 'waiting' && !running.has(item.id)) void run(item)
  }
}

async function run(item: UploadItem): Promise<void> {
  const control = new AbortController()
  running.set(item.id, control)
  try {
    await send(item, control.signal)
  } catch (error) {
    if (!control.signal.aborted) patch(item.id, { step: 'failed', problem: asProblem(error) })
  } finally {
    running.delete(item.id)
    next()
  }
}

async function send(item: UploadItem, signal: AbortSignal): Promise<void> {
  const { id, file, type, target } = item
  patch(id, { step: 'reading' })
  const digest = await sha256(file).catch(() => Promise.reject(UNREADABLE))
  if (signal.aborted) return
  const { upload, ...made } = await target.announce(
    { file_name: announcedName(file.name), content_type: type, size: file.size, sha256: digest },
    newId(),
  )
  if (signal.aborted) return discard({ made })
  patch(id, { step: 'sending', made })
  await uploadSend(upload, file, (sent) => patch(id, { sent }), signal)
  patch(id, { step: 'checking', sent: file.size })
  target.onChange()
}
