import { documentCreate, documentDelete, documentVersionCreate } from '@/api/documents'
import { Problem, asProblem } from '@/api/problem'
import type { Document, DocumentUpload, FileType } from '@/api/types'
import { uploadSend } from '@/api/upload'
import { newId } from '@/lib/id'
import { sha256 } from '@/lib/sha256'
import { createStore } from '@/lib/store'
import { announcedName } from './file'

/** Where a file goes: a new document, perhaps about an investment, or the next version of one. */
export interface Target {
  investorId: string
  investmentId?: string
  documentId?: string
}

export interface UploadItem {
  id: string
  /** Whose upload it is: another person who signs in on this page does not see it. */
  userId: string
  target: Target
  file: File
  type: FileType
  step: 'waiting' | 'reading' | 'sending' | 'checking' | 'failed'
  /** Bytes that have left. */
  sent: number
  problem?: Problem
  /** What the API made of it. */
  made?: { document: Document; number: number }
}

/** More at once would only share the same line. */
const AT_ONCE = 2
const UNREADABLE = new Problem({
  status: 0, code: 'file_unreadable', title: 'The file cannot be read', detail: 'It may have been moved or changed meanwhile. Choose it again.',
})

/** Files under way. They go on while other pages are looked at. */
export const uploads = createStore<readonly UploadItem[]>([])

/** Told when the list of documents has changed by an upload. */
type Tell = (investorId: string) => void

const running = new Map<string, AbortController>()
const tellers = new Map<string, Tell>()
let guarded = false

/** Leaving the page would cut off what is being sent. */
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
  tellers.delete(id)
  uploads.set((items) => items.filter((item) => item.id !== id))
}

/** Puts files in line; `tell` is called whenever the API knows more of one. */
export function uploadAdd(userId: string, target: Target, files: readonly { file: File; type: FileType }[], tell: Tell): void {
  guard()
  const added = files.map(({ file, type }): UploadItem => ({ id: newId(), userId, target, file, type, step: 'waiting', sent: 0 }))
  for (const { id } of added) tellers.set(id, tell)
  uploads.set((items) => [...items, ...added])
  next()
}

/** Stops an upload. A document that never got its file goes with it. */
export function uploadCancel(item: UploadItem): void {
  const tell = tellers.get(item.id)
  running.get(item.id)?.abort()
  uploadRemove(item.id)
  void discard(item).then(() => tell?.(item.target.investorId))
}

/** Announces and sends a file once more from the beginning: the address of before may be too old. */
export function uploadRetry(item: UploadItem): void {
  void discard(item)
  const { made: _gone, problem: _solved, ...rest } = item
  uploads.set((items) => items.map((one) => (one.id === item.id ? { ...rest, step: 'waiting', sent: 0 } : one)))
  next()
}

async function discard({ made, target }: UploadItem): Promise<void> {
  if (!made || target.documentId !== undefined) return
  // Should this fail, the API forgets the document after a day by itself.
  await documentDelete(made.document).catch(() => undefined)
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

async function announce({ target, file, type }: UploadItem, digest: string): Promise<DocumentUpload> {
  const body = { file_name: announcedName(file.name), content_type: type, size: file.size, sha256: digest }
  const { investorId, investmentId, documentId } = target
  if (documentId === undefined) return documentCreate(investorId, investmentId === undefined ? body : { ...body, investment_id: investmentId }, newId())
  return documentVersionCreate({ id: documentId, investor_id: investorId }, body, newId())
}

async function send(item: UploadItem, signal: AbortSignal): Promise<void> {
  const { id, file, target } = item
  const tell = tellers.get(id)
  patch(id, { step: 'reading' })
  const digest = await sha256(file).catch(() => Promise.reject(UNREADABLE))
  if (signal.aborted) return
  const { document, number, upload } = await announce(item, digest)
  const made = { document, number }
  if (signal.aborted) return discard({ ...item, made })
  patch(id, { step: 'sending', made })
  await uploadSend(upload, file, (sent) => patch(id, { sent }), signal)
  patch(id, { step: 'checking', sent: file.size })
  tell?.(target.investorId)
}
