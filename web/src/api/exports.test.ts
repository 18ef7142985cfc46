import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { exportList, nextPage } from './exports'

type Answer = { status?: number; text?: string; rows?: number; next?: string; headers?: Record<string, string> } | Error

let asked: string[] = []

/** Answers refreshes with a token, and everything else from the list in order. */
function answers(list: Answer[]) {
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const request = typeof input === 'string' ? new Request(new URL(input, location.origin), init) : input
    const { pathname, search } = new URL(request.url)
    if (pathname === '/api/auth/refresh') return Response.json({ access_token: 't', expires_in: 900, user: { id: 'u' } })
    asked.push(pathname + search)
    const answer = list.shift()
    if (answer === undefined) throw new Error('One request too many')
    if (answer instanceof Error) throw answer
    if (answer.status)
      return Response.json(
        { code: 'unavailable', title: 'Not now', status: answer.status },
        { status: answer.status, headers: answer.headers },
      )
    const link: Record<string, string> = answer.next ? { link: `<${answer.next}>; rel="next"` } : {}
    return new Response(answer.text, { headers: { 'content-type': 'text/csv', 'x-row-count': String(answer.rows), ...link } })
  })
}

const never = () => new AbortController().signal

beforeEach(() => {
  asked = []
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('reads only the next link from a Link header', () => {
  expect(nextPage('</api/exports/users?cursor=abc>; rel="next"')).toBe('/api/exports/users?cursor=abc')
  expect(nextPage('</docs>; rel="help"')).toBeNull()
  expect(nextPage(null)).toBeNull()
})

it('follows all pages, keeps their bytes and reports progress', async () => {
  answers([
    { text: '\uFEFFname\r\nA\r\n', rows: 1, next: '/api/exports/users?status=active&cursor=2' },
    { text: 'B\r\nC\r\n', rows: 2 },
  ])
  const counts: number[] = []
  const { parts, rows } = await exportList(
    '/api/exports/users',
    { status: 'active', role: undefined },
    (count) => counts.push(count),
    never(),
  )
  expect(asked).toEqual(['/api/exports/users?status=active', '/api/exports/users?status=active&cursor=2'])
  expect([rows, counts]).toEqual([3, [1, 3]])
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).toBe('\uFEFFname\r\nA\r\nB\r\nC\r\n')
})

it('retries a page on a busy server, up to a limit', async () => {
  answers([{ status: 503 }, new TypeError('offline'), { text: 'name\r\n', rows: 0 }])
  const done = exportList('/api/exports/users', {}, () => {}, never())
  await vi.runAllTimersAsync()
  expect((await done).rows).toBe(0)
  answers([503, 503, 503, 503].map((status) => ({ status })))
  const failed = expect(exportList('/api/exports/users', {}, () => {}, never())).rejects.toMatchObject({ status: 503 })
  await vi.runAllTimersAsync()
  await failed
  answers([{ status: 403 }])
  await expect(exportList('/api/exports/users', {}, () => {}, never())).rejects.toMatchObject({ status: 403 })
})

it('stops when cancelled, even while waiting', async () => {
  answers([{ text: 'name\r\n', rows: 5, next: '/api/exports/users?cursor=2' }, { status: 503 }])
  const control = new AbortController()
  const stopped = expect(exportList('/api/exports/users', {}, () => {}, control.signal)).rejects.toMatchObject({ name: 'AbortError' })
  await vi.advanceTimersByTimeAsync(500)
  control.abort()
  await stopped
  expect(asked).toHaveLength(2)
})

it('never sends the token to another server', async () => {
  answers([{ text: 'name\r\n', rows: 0, next: 'https://elsewhere.example/api/exports/users' }])
  await expect(exportList('/api/exports/users', {}, () => {}, never())).rejects.toThrow()
  expect(asked).toHaveLength(1)
})
