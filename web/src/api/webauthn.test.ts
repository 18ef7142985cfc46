import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PasskeyCreationOptions, PasskeyRequestOptions } from './types'
import { answerObstacle, passkeyAsked, passkeyMade, passkeyObstacle, suggestsPasskeys } from './webauthn'

// The page of these tests is at http://localhost:3000.
const ask = { challenge: 'c', rpId: 'localhost' } as PasskeyRequestOptions
const make = { challenge: 'c' } as PasskeyCreationOptions

class Credential {
  static parseRequestOptionsFromJSON = (options: object) => options
  static parseCreationOptionsFromJSON = (options: object) => options
  toJSON() {
    return { id: 'made' }
  }
}

const get = vi.fn()
const create = vi.fn()

beforeEach(() => {
  vi.stubGlobal('PublicKeyCredential', Credential)
  vi.stubGlobal('navigator', { credentials: { get, create } })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetAllMocks()
})

describe('passkeyObstacle', () => {
  it('lets a page at the server’s origin use passkeys', () => {
    expect(passkeyObstacle('http://localhost:3000')).toBeNull()
  })

  it('allows another port on one’s own machine only', () => {
    expect(passkeyObstacle('http://localhost:8080')).toBeNull()
    expect(passkeyObstacle('https://localhost.example:3000')).toBe('other_host')
    expect(passkeyObstacle('https://steward.example')).toBe('other_host')
  })

  it('knows a server without a host name', () => {
    expect(passkeyObstacle(null)).toBe('no_host')
    expect(passkeyObstacle(undefined)).toBe('no_host')
  })

  it('knows a browser that can’t', () => {
    vi.stubGlobal('PublicKeyCredential', undefined)
    expect(passkeyObstacle('http://localhost:3000')).toBe('browser')
    expect(answerObstacle(ask)).toBe('browser')
  })

  it('asks only for passkeys of the page’s host', () => {
    expect(answerObstacle(ask)).toBeNull()
    expect(answerObstacle({ ...ask, rpId: 'steward.example' })).toBe('other_host')
  })
})

it('suggests nothing in a browser that can’t', async () => {
  expect(await suggestsPasskeys()).toBe(false)
  vi.stubGlobal('PublicKeyCredential', undefined)
  expect(await suggestsPasskeys()).toBe(false)
})

it('returns what the browser made', async () => {
  create.mockResolvedValue(new Credential())
  expect(await passkeyMade(make)).toEqual({ id: 'made' })
  expect(create).toHaveBeenCalledExactlyOnceWith({ publicKey: make })
})

it('waits at a field only with a signal', async () => {
  get.mockResolvedValue(new Credential())
  const { signal } = new AbortController()
  await passkeyAsked(ask)
  await passkeyAsked(ask, signal)
  expect(get.mock.calls).toEqual([[{ publicKey: ask }], [{ publicKey: ask, signal, mediation: 'conditional' }]])
})

it.each([
  ['NotAllowedError', 'No passkey was created'],
  ['InvalidStateError', 'You already have a passkey here'],
  ['NotSupportedError', 'This device can’t hold a passkey'],
  ['ConstraintError', 'This device can’t hold a passkey'],
  ['SecurityError', 'Passkeys don’t work at this address'],
  ['NotReadableError', 'Your device didn’t answer'],
])('says why there is no new passkey: %s', async (name, title) => {
  create.mockRejectedValue(new DOMException('technical', name))
  await expect(passkeyMade(make)).rejects.toMatchObject({ title, status: 0 })
})

it.each([
  ['NotAllowedError', 'No passkey was used'],
  ['SecurityError', 'Passkeys don’t work at this address'],
  ['UnknownError', 'Your device didn’t answer'],
  ['AbortError', 'The request for a passkey ended'],
])('says why a passkey did not answer: %s', async (name, title) => {
  get.mockRejectedValue(new DOMException('technical', name))
  await expect(passkeyAsked(ask)).rejects.toMatchObject({ title, status: 0 })
})

it('takes no answer for one that failed', async () => {
  get.mockResolvedValue(null)
  await expect(passkeyAsked(ask)).rejects.toMatchObject({ title: 'Your device didn’t answer' })
})
