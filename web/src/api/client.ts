import createClient from 'openapi-fetch'
import { newId } from '@/lib/id'
import { proof, signIn } from './asking'
import { asProblem, problemFrom } from './problem'
import type { paths } from './schema'
import { currentToken, tokenRefresh, tokenStatus } from './token'
import type { Page } from './types'

/**
 * Maximum body length, in characters, of a change sent with `keepalive`. For all such requests together, browsers allow 64 KiB in flight
 * (Fetch standard, HTTP-network-or-cache fetch) and refuse more.
 */
const OUTLIVING_BODY = 2048

/** Page size; the API allows 1 to 100. */
const PAGE_SIZE = 50
const RETRY_DELAYS_MS = [300, 1200]

// The helpers below set headers, so the types of an operation need not declare them.
type WithoutHeaders<Operation> = Operation extends { parameters: infer Parameters }
  ? Omit<Operation, 'parameters'> & { parameters: Omit<Parameters, 'header'> }
  : Operation
type ApiPaths = { [Path in keyof paths]: { [Method in keyof paths[Path]]: WithoutHeaders<paths[Path][Method]> } }

/** These requests carry the refresh cookie or nothing at all; for them a 401 is a result, not an expired token. */
function isPublic(url: string): boolean {
  const { pathname } = new URL(url)
  if (pathname.startsWith('/api/auth/reauthenticate')) return false
  return pathname.startsWith('/api/auth/') || pathname === '/api/setup' || pathname === '/api/health'
}

async function codeOf(response: Response): Promise<string | undefined> {
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as { code?: string } | null
  return body?.code
}

async function tokenRefused(response: Response): Promise<boolean> {
  // A wrong current password is also a 401; retrying with a new token would count as a second attempt.
  return response.status === 401 && (await codeOf(response)) !== 'invalid_credentials'
}

async function proofNeeded(response: Response): Promise<boolean> {
  return response.status === 403 && (await codeOf(response)) === 'reauthentication_required'
}

/** An optimistic change is sent even if the page is closed or reloaded right after. */
class ApiRequest extends Request {
  constructor(input: RequestInfo | URL, init: RequestInit = {}) {
    const small = init.body == null || (typeof init.body === 'string' && init.body.length <= OUTLIVING_BODY)
    super(input, { ...init, keepalive: small && (init.method ?? 'GET') !== 'GET' })
  }
}

function withToken(request: Request, token: string | null): Request {
  const sent = request.clone()
  if (token !== null) sent.headers.set('authorization', `Bearer ${token}`)
  return sent
}

async function authorized(request: Request): Promise<Response> {
  if (isPublic(request.url)) return fetch(request.clone())
  const response = await signedIn(request)
  if (!(await proofNeeded(response)) || !(await proof.given())) return response
  return signedIn(request)
}

async function signedIn(request: Request): Promise<Response> {
  const response = await withFreshToken(request)
  const ended = tokenStatus() === 'ended' && (await tokenRefused(response))
  return ended && (await signIn.given()) ? withFreshToken(request) : response
}

async function withFreshToken(request: Request): Promise<Response> {
  const token = await currentToken()
  const response = await fetch(withToken(request, token))
  if (!(await tokenRefused(response))) return response
  const fresh = await tokenRefresh(token)
  return fresh === null ? response : fetch(withToken(request, fresh))
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends a request; one with an idempotency key is retried if no response arrives. */
async function send(request: Request): Promise<Response> {
  const delays = request.headers.has('idempotency-key') ? RETRY_DELAYS_MS : []
  for (const delay of delays) {
    try {
      const response = await authorized(request)
      if (response.status !== 503) return response
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    await wait(delay)
  }
  return authorized(request)
}

export const api = createClient<ApiPaths>({
  baseUrl: globalThis.location?.origin ?? '',
  credentials: 'same-origin',
  fetch: send,
  Request: ApiRequest,
})

/** Requests a URL returned by the server (the next page of an export). The token is sent to this server only. */
export async function follow(address: string, signal?: AbortSignal): Promise<Response> {
  const url = new URL(address, globalThis.location.origin)
  if (url.origin !== globalThis.location.origin) throw new Error('The next page is on a different server')
  return send(new Request(url, { credentials: 'same-origin', signal: signal ?? null }))
}

/** Returns the body of a response, or throws a {@link Problem}. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer
  try {
    answer = await call
  } catch (error) {
    throw asProblem(error)
  }
  if (!answer.response.ok) throw problemFrom(answer.response, answer.error)
  return answer.data as T
}

/** Headers of a create: the server stores the first response and repeats it for the same key. */
export function once(key: string = newId()): { headers: Record<string, string> } {
  return { headers: { 'Idempotency-Key': key } }
}

/** Headers of a change, which is refused with 412 if someone else changed the entity first. */
export function ifMatch({ version }: { version: number }): { headers: Record<string, string> } {
  return { headers: { 'If-Match': `"${version}"` } }
}

/** Paging parameters for the query of a list operation. */
export function paged<F extends object>(filters: F, cursor?: string | null): F & { limit: number; cursor?: string } {
  return { ...filters, limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) }
}

/** The paging part of the `useInfiniteQuery` options. */
export const pages = {
  initialPageParam: null as string | null,
  getNextPageParam: (last: Page<unknown>) => last.next_cursor ?? null,
}
