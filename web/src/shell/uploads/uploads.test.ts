import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { uploadSend } from '@/api/upload'
import { uploadAdd, uploadCancel, uploadRetry, uploads, type NewFile, type Target } from './uploads'

vi.mock('@/api/upload', () => ({ uploadSend: vi.fn() }))

/** Allows for a busy machine. */
const soon = (look: () => void) => vi.waitFor(look, { timeout: 10_000 })

let ends: { name: string; resolve: () => void; reject: (error: unknown) => void; signal: AbortSignal; progress: (sent: number) => void }[]
let announced: number

beforeEach(() => {
  vi.clearAllMocks()
  uploads.set([])
  ends = []
  announced = 0
  announcements.length = 0
  vi.mocked(uploadSend).mockImplementation(
    (_upload, file, progress, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
        ends.push({ name: file instanceof File ? file.name : '', resolve, reject, signal, progress })
      }),
  )
})
// Nothing may carry over into the next test.
afterEach(async () => {
  for (const { resolve } of ends) resolve()
  await soon(() => expect(steps()).not.toContain('sending'))
})

const file = (name: string) => ({ file: new File(['abc'], name), type: 'application/pdf' as const })
const steps = () => uploads.get().map(({ step }) => step)
/** Files are read concurrently, so any of them may be sent first. */
const end = (name: string) => ends.find((one) => one.name === name)
const onChange = vi.fn()
const discarded = vi.fn()
const announcements: NewFile[] = []
/** Creates a new entity per file, or a version of an existing one. */
const target = (fresh = true): Target => ({
  places: ['here'],
  announce: (file) => {
    announced += 1
    announcements.push(file)
    const id = `d${announced}`
    const discard = () => Promise.resolve(discarded(id))
    return Promise.resolve({
      id,
      number: 1,
      upload: { url: 'u', method: 'PUT', headers: {}, expires_in: 1 },
      ...(fresh ? { discard } : {}),
    })
  },
  detail: () => ({ queryKey: [], queryFn: () => Promise.resolve({ versions: [] }) }),
  onChange,
})

it('uploads two at a time and reports each completion', async () => {
  uploadAdd('u', target(), [file('a.pdf'), file('b.pdf'), file('c.pdf')])
  await soon(() => expect(steps()).toEqual(['sending', 'sending', 'waiting']))
  expect(announcements.find((body) => body.file_name === 'a.pdf')).toMatchObject({
    file_name: 'a.pdf',
    size: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  })
  end('a.pdf')?.progress(2)
  expect(uploads.get()[0]?.sent).toBe(2)
  expect(onChange).not.toHaveBeenCalled()
  end('a.pdf')?.resolve()
  await soon(() => expect(steps()).toEqual(['checking', 'sending', 'sending']))
  expect(onChange).toHaveBeenCalledOnce()
})

it('deletes a cancelled document and starts the next upload', async () => {
  uploadAdd('u', target(), [file('a.pdf'), file('b.pdf'), file('c.pdf')])
  await soon(() => expect(steps()).toEqual(['sending', 'sending', 'waiting']))
  const [first] = uploads.get()
  if (first) uploadCancel(first)
  expect(end('a.pdf')?.signal.aborted).toBe(true)
  await soon(() => expect(discarded).toHaveBeenCalledExactlyOnceWith(first?.made?.id))
  await soon(() => expect(steps()).toEqual(['sending', 'sending']))
})

it('announces a failed file again and forgets the old document', async () => {
  uploadAdd('u', target(), [file('a.pdf')])
  await soon(() => expect(ends).toHaveLength(1))
  ends[0]?.reject(new TypeError('interrupted'))
  await soon(() => expect(steps()).toEqual(['failed']))
  const [failed] = uploads.get()
  expect(failed?.problem?.title).toBeTruthy()
  if (failed) uploadRetry(failed)
  await soon(() => expect(ends).toHaveLength(2))
  expect(discarded).toHaveBeenCalledExactlyOnceWith('d1')
  expect(uploads.get()[0]).toMatchObject({ step: 'sending', made: { id: 'd2' } })
})

it('keeps the document when a later version is cancelled', async () => {
  uploadAdd('u', target(false), [file('a.pdf')])
  await soon(() => expect(steps()).toEqual(['sending']))
  expect(announced).toBe(1)
  const [item] = uploads.get()
  if (item) uploadCancel(item)
  await soon(() => expect(ends[0]?.signal.aborted).toBe(true))
  expect(discarded).not.toHaveBeenCalled()
})
