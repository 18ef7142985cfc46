import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { documentCreate, documentDelete, documentVersionCreate } from '@/api/documents'
import { uploadSend } from '@/api/upload'
import { uploadAdd, uploadCancel, uploadRetry, uploads } from './uploads'

vi.mock('@/api/documents', () => ({ documentCreate: vi.fn(), documentDelete: vi.fn(), documentVersionCreate: vi.fn() }))
vi.mock('@/api/upload', () => ({ uploadSend: vi.fn() }))

let ends: { resolve: () => void; reject: (error: unknown) => void; signal: AbortSignal; progress: (sent: number) => void }[]
let announced: number

beforeEach(() => {
  vi.clearAllMocks()
  uploads.set([])
  ends = []
  announced = 0
  const answer = () => {
    announced += 1
    const document = { id: `d${announced}`, investor_id: 'i', version: 1 }
    return Promise.resolve({ document, number: 1, upload: { url: 'u', method: 'PUT', headers: {}, expires_in: 1 } } as never)
  }
  vi.mocked(documentCreate).mockImplementation(answer)
  vi.mocked(documentVersionCreate).mockImplementation(answer)
  vi.mocked(documentDelete).mockResolvedValue()
  vi.mocked(uploadSend).mockImplementation((_upload, _file, progress, signal) => new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
    ends.push({ resolve, reject, signal, progress })
  }))
})
// Nothing may run on into the next test.
afterEach(async () => {
  for (const { resolve } of ends) resolve()
  await vi.waitFor(() => expect(steps()).not.toContain('sending'))
})

const file = (name: string) => ({ file: new File(['abc'], name), type: 'application/pdf' as const })
const steps = () => uploads.get().map(({ step }) => step)
const tell = vi.fn()

it('sends two at a time and tells when a file has left', async () => {
  uploadAdd('u', { investorId: 'i' }, [file('a.pdf'), file('b.pdf'), file('c.pdf')], tell)
  await vi.waitFor(() => expect(steps()).toEqual(['sending', 'sending', 'waiting']))
  expect(vi.mocked(documentCreate).mock.calls[0]?.[1]).toMatchObject({
    file_name: 'a.pdf', size: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  })
  ends[0]?.progress(2)
  expect(uploads.get()[0]?.sent).toBe(2)
  expect(tell).not.toHaveBeenCalled()
  ends[0]?.resolve()
  await vi.waitFor(() => expect(steps()).toEqual(['checking', 'sending', 'sending']))
  expect(tell).toHaveBeenCalledExactlyOnceWith('i')
})

it('takes a cancelled document back, and the next file its place', async () => {
  uploadAdd('u', { investorId: 'i' }, [file('a.pdf'), file('b.pdf'), file('c.pdf')], tell)
  await vi.waitFor(() => expect(steps()).toEqual(['sending', 'sending', 'waiting']))
  const [first] = uploads.get()
  if (first) uploadCancel(first)
  expect(ends[0]?.signal.aborted).toBe(true)
  await vi.waitFor(() => expect(documentDelete).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'd1' })))
  await vi.waitFor(() => expect(steps()).toEqual(['sending', 'sending']))
})

it('announces a failed file anew and forgets the document of before', async () => {
  uploadAdd('u', { investorId: 'i' }, [file('a.pdf')], tell)
  await vi.waitFor(() => expect(ends).toHaveLength(1))
  ends[0]?.reject(new TypeError('cut off'))
  await vi.waitFor(() => expect(steps()).toEqual(['failed']))
  const [failed] = uploads.get()
  expect(failed?.problem?.title).toBeTruthy()
  if (failed) uploadRetry(failed)
  await vi.waitFor(() => expect(ends).toHaveLength(2))
  expect(documentDelete).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'd1' }))
  expect(uploads.get()[0]).toMatchObject({ step: 'sending', made: { document: { id: 'd2' } } })
})

it('leaves the document alone when one of its later versions is cancelled', async () => {
  uploadAdd('u', { investorId: 'i', documentId: 'd' }, [file('a.pdf')], tell)
  await vi.waitFor(() => expect(steps()).toEqual(['sending']))
  expect(documentVersionCreate).toHaveBeenCalledOnce()
  const [item] = uploads.get()
  if (item) uploadCancel(item)
  await vi.waitFor(() => expect(ends[0]?.signal.aborted).toBe(true))
  expect(documentDelete).not.toHaveBeenCalled()
})
