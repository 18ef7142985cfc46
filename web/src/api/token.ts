import { problemFrom } from './problem'
import type { TokenGrant } from './types'

/**
 * `unknown` until the first refresh has shown whether there is a session. `ended`: there was one, and it ended other than by signing out.
 */
export type TokenStatus = 'unknown' | 'signed-in' | 'ended' | 'signed-out'

interface State {
  status: TokenStatus
  token: string | null
  /** Whose token it is or was. */
  userId: string | null
  /** Milliseconds since the epoch. */
  expiresAt: number
}

type Message = { kind: 'granted'; token: string; userId: string; expiresAt: number } | { kind: 'signed-out' }

/** A token is renewed this long before it expires, so that no request uses an expired one. */
const EARLY_MS = 20_000
const LOCK = 'steward-refresh'
/** A refresh without an answer is given up after this long. */
const ATTEMPT_MS = 8_000
/** Pauses before the further attempts. Together they stay below the 30 seconds in which the server repeats a lost answer. */
const RETRY_DELAYS_MS = [500, 2000]
const SIGNED_OUT: State = { status: 'signed-out', token: null, userId: null, expiresAt: 0 }

// The access token is held in memory only, out of reach of scripts that read storage.
let state: State = { status: 'unknown', token: null, userId: null, expiresAt: 0 }
let refreshing: Promise<string | null> | null = null
const listeners = new Set<() => void>()
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('steward-session')

function become(next: State): void {
  state = next
  for (const listener of listeners) listener()
}

if (channel) {
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'signed-out') become(SIGNED_OUT)
    // A tab on the sign-in page stays there until it asks itself.
    else if (state.status !== 'signed-out') {
      become({ status: 'signed-in', token: data.token, userId: data.userId, expiresAt: data.expiresAt })
    }
  }
}

export function tokenStatus(): TokenStatus {
  return state.status
}

/** Whose session it is, or was if it ended. */
export function tokenUser(): string | null {
  return state.userId
}

export function onTokenChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

type Granted = Pick<TokenGrant, 'access_token' | 'expires_in'> & { user: Pick<TokenGrant['user'], 'id'> }

/** Starts using the token of a sign-in or refresh, in every tab. */
export function tokenGranted({ access_token: token, expires_in: seconds, user }: Granted): void {
  const expiresAt = Date.now() + seconds * 1000
  const userId = user.id
  become({ status: 'signed-in', token, userId, expiresAt })
  channel?.postMessage({ kind: 'granted', token, userId, expiresAt } satisfies Message)
}

/** The session ended without the user's doing; other tabs find out by themselves. */
function tokenEnded(): void {
  become(state.status === 'signed-in' || state.status === 'ended' ? { ...state, status: 'ended', token: null, expiresAt: 0 } : SIGNED_OUT)
}

/** Discards the token, in every tab. */
export function tokenForgotten(): void {
  become(SIGNED_OUT)
  channel?.postMessage({ kind: 'signed-out' } satisfies Message)
}

function usable(): string | null {
  return state.token !== null && Date.now() < state.expiresAt - EARLY_MS ? state.token : null
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Asks for a token; tries again if no answer arrives or the server is briefly away. */
async function attempt(later: number[] = RETRY_DELAYS_MS): Promise<{ response: Response; body: unknown }> {
  const [delay, ...rest] = later
  try {
    const signal = AbortSignal.timeout(ATTEMPT_MS)
    const response = await fetch('/api/auth/refresh', { method: 'POST', credentials: 'same-origin', signal })
    const body: unknown = response.ok ? await response.json() : await response.json().catch(() => null)
    if (delay === undefined || ![502, 503, 504].includes(response.status)) return { response, body }
  } catch (error) {
    // A broken answer is a SyntaxError; without an answer, it is a TypeError or, after the time allowed, a DOMException.
    if (delay === undefined) throw error instanceof DOMException ? new TypeError('No answer in time', { cause: error }) : error
  }
  await wait(delay)
  return attempt(rest)
}

// Refresh tokens rotate. The server repeats an answer for a while, but two tabs that take turns ask only once.
function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(LOCK, work) : work()
}

async function refresh(stale: string | null): Promise<string | null> {
  return alone(async () => {
    // Another tab may have refreshed while this one waited for the lock.
    const current = usable()
    if (current !== null && current !== stale) return current
    const { response, body } = await attempt()
    if (response.ok) {
      const grant = body as TokenGrant
      tokenGranted(grant)
      return grant.access_token
    }
    if (response.status === 401 || response.status === 403) {
      tokenEnded()
      return null
    }
    throw problemFrom(response, body)
  })
}

/** Renews the token once for all concurrent callers; `stale` is the token that was refused. Null if signed out. */
export function tokenRefresh(stale: string | null = state.token): Promise<string | null> {
  if (state.status === 'ended') return Promise.resolve(null)
  refreshing ??= refresh(stale).finally(() => {
    refreshing = null
  })
  return refreshing
}

/** A valid token, refreshed first if necessary; null if nobody is signed in. */
export async function currentToken(): Promise<string | null> {
  if (state.status === 'signed-out' || state.status === 'ended') return null
  return usable() ?? tokenRefresh()
}
