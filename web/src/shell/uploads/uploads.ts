import type { QueryKey } from '@tanstack/react-query'
import { Problem, asProblem } from '@/api/problem'
import type { FileType, NewDocumentVersion, QuarantineReason, DocumentStatus, Upload } from '@/api/types'
import { uploadSend } from '@/api/upload'
import { newId } from '@/lib/id'
import { sha256 } from '@/lib/sha256'
import { createStore } from '@/lib/store'
import { announcedName } from './file'

/** What the API needs to know of a file before it comes. */
export type NewFile = NewDocumentVersion

/** What the API made of an announcement. */
export interface Announced {
  /** The document or asset. */
  id: string
  /** Which of its versions waits for the file. */
  number: number
  upload: Upload
  /** Takes back what was made for this file alone, for the case that the file never comes. */
  discard?: () => Promise<void>
}

/** What came of a file after the API has looked into it. */
export interface Judged {
  versions: readonly { number: number; status: DocumentStatus; reason?: QuarantineReason | null }[]
}

/** Where a file goes: what differs between the things that have files. */
export interface Target {
  /** Which parts of the app show it while it is under way: `investors/<id>`. */
  places: readonly string[]
  announce: (file: NewFile, key: string) => Promise<Announced>
  /** The query that reads a document or asset with its versions. */
  detail: (id: string) => { queryKey: QueryKey; queryFn: () => Promise<Judged> }
  /** Called whenever the API knows more of it. */
  tell: () => void
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
  made?: Omit<Announced, 'upload'>
}

/** More at once would only share the same line. */
const AT_ONCE = 2
const UNREADABLE = new Problem({
  status: 0,
  code: 'file_unreadable',
  title: 'The file can’t be read',
  detail: 'It may have been moved or changed. Choose it again.',
})

/** Files under way. They go on while other pages are looked at. */
export const uploads = createStore<readonly UploadItem[]>([])

const running = new Map<string, AbortController>()
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
  uploads.set((items) => items.filter((item) => item.id !== id))
}

/** Puts files in line. */
export function uploadAdd(userId: string, target: Target, files: readonly { file: File; type: FileType }[]): void {
  guard()
  const added = files.map(({ file, type }): UploadItem => ({ id: newId(), userId, target, file, type, step: 'waiting', sent: 0 }))
  uploads.set((items) => [...items, ...added])
  next()
}

/** Stops an upload. What was made for its file goes with it. */
export function uploadCancel(item: UploadItem): void {
  running.get(item.id)?.abort()
  uploadRemove(item.id)
  void discard(item).then(item.target.tell)
}

/** Announces and sends a file once more from the beginning: the address of before may be too old. */
export function uploadRetry(item: UploadItem): void {
  void discard(item)
  const { made: _gone, problem: _solved, ...rest } = item
  uploads.set((items) => items.map((one) => (one.id === item.id ? { ...rest, step: 'waiting', sent: 0 } : one)))
  next()
}

async function discard({ made }: Pick<UploadItem, 'made'>): Promise<void> {
  // Should this fail, the API forgets it after a day by itself.
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
  target.tell()
}
