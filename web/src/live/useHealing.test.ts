import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { Healing } from './useHealing'

const AWAY = new Problem({ status: 0, code: 'unreachable', title: 'Can’t reach Steward' })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A shown query that fails with `problem` until the server is back. */
async function shown(problem: Problem) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const server = { up: false }
  const stop = new QueryObserver(client, {
    queryKey: ['investors'],
    queryFn: () => (server.up ? Promise.resolve('all of them') : Promise.reject(problem)),
  }).subscribe(() => undefined)
  const asked = vi.fn(() => Promise.resolve(server.up))
  const end = new Healing(client, asked).watch()
  await vi.advanceTimersByTimeAsync(10)
  return { client, server, asked, end: () => (stop(), end()), data: () => client.getQueryData(['investors']) }
}

it('repeats what failed once the server answers', async () => {
  const page = await shown(AWAY)
  await vi.advanceTimersByTimeAsync(5000)
  expect(page.data()).toBeUndefined()
  page.server.up = true
  await vi.advanceTimersByTimeAsync(15_000)
  expect(page.data()).toBe('all of them')
  const times = page.asked.mock.calls.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(page.asked.mock.calls.length).toBe(times)
  page.end()
})

it('asks less often the longer the server is away', async () => {
  const page = await shown(AWAY)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(page.asked.mock.calls.length).toBeLessThan(13)
  page.end()
})

it('leaves alone what the server refused', async () => {
  const page = await shown(new Problem({ status: 403, code: 'forbidden', title: 'No' }))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(page.asked).not.toHaveBeenCalled()
  page.end()
})
