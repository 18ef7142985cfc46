import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { passkeyLogin, passkeyLoginBegin } from '@/api/passkeys'
import { Problem } from '@/api/problem'
import type { PasskeyRequestOptions } from '@/api/types'
import { suggestsPasskeys } from '@/api/webauthn'
import { offerPasskeys } from './offerPasskeys'

vi.mock('@/api/passkeys')
vi.mock('@/api/webauthn')

const aborted = new Problem({ status: 0, code: 'passkey_aborted', title: 'Ended' })
const visible = vi.fn(() => 'visible' as DocumentVisibilityState)
const settle = () => vi.advanceTimersByTimeAsync(0)

/** A request that lasts until it is aborted. */
const pending = (_options: PasskeyRequestOptions, signal?: AbortSignal) =>
  new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(aborted)))

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(visible)
  vi.mocked(suggestsPasskeys).mockResolvedValue(true)
  vi.mocked(passkeyLoginBegin).mockResolvedValue({} as PasskeyRequestOptions)
  vi.mocked(passkeyLogin).mockImplementation(pending)
})
afterEach(() => {
  visible.mockReturnValue('visible')
  vi.resetAllMocks()
  vi.useRealTimers()
})

function offer() {
  const stop = new AbortController()
  const refused = vi.fn()
  return { stop, refused, ended: offerPasskeys(stop.signal, refused) }
}

it('asks the server for nothing in a browser without suggestions', async () => {
  vi.mocked(suggestsPasskeys).mockResolvedValue(false)
  expect(await offer().ended).toBe(false)
  expect(passkeyLoginBegin).not.toHaveBeenCalled()
})

it('ends with the passkey that was chosen', async () => {
  vi.mocked(passkeyLogin).mockResolvedValue()
  expect(await offer().ended).toBe(true)
})

it('replaces a challenge before it expires', async () => {
  const { stop, ended } = offer()
  await settle()
  await vi.advanceTimersByTimeAsync(4 * 60_000)
  expect(passkeyLoginBegin).toHaveBeenCalledTimes(2)
  stop.abort()
  expect(await ended).toBe(false)
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(passkeyLoginBegin).toHaveBeenCalledTimes(2)
})

it('waits while nobody sees the page', async () => {
  const { stop, ended } = offer()
  await settle()
  visible.mockReturnValue('hidden')
  await vi.advanceTimersByTimeAsync(60 * 60_000)
  expect(passkeyLoginBegin).toHaveBeenCalledTimes(1)
  visible.mockReturnValue('visible')
  document.dispatchEvent(new Event('visibilitychange'))
  await settle()
  expect(passkeyLoginBegin).toHaveBeenCalledTimes(2)
  stop.abort()
  await ended
})

it('offers again after the server refused one', async () => {
  const refusal = new Problem({ status: 422, code: 'invalid_input', title: 'No' })
  vi.mocked(passkeyLogin).mockRejectedValueOnce(refusal)
  const { stop, refused, ended } = offer()
  await settle()
  expect(refused).toHaveBeenCalledExactlyOnceWith(refusal)
  expect(passkeyLoginBegin).toHaveBeenCalledTimes(2)
  stop.abort()
  await ended
})

it('reports that a chosen one could not be sent', async () => {
  const lost = new Problem({ status: 0, code: 'unreachable', title: 'No answer' })
  vi.mocked(passkeyLogin).mockRejectedValueOnce(lost)
  const { stop, refused, ended } = offer()
  await settle()
  expect(refused).toHaveBeenCalledExactlyOnceWith(lost)
  stop.abort()
  await ended
})

it('gives up when the browser refuses or the server can’t be reached', async () => {
  vi.mocked(passkeyLogin).mockRejectedValue(new Problem({ status: 0, code: 'passkey_cancelled', title: 'No' }))
  expect(await offer().ended).toBe(false)
  vi.mocked(passkeyLoginBegin).mockRejectedValue(new Problem({ status: 429, code: 'rate_limited', title: 'Wait' }))
  const { refused, ended } = offer()
  expect(await ended).toBe(false)
  expect(refused).not.toHaveBeenCalled()
})
