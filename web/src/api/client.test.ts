import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

// Fresh modules for each test: the token is held in module memory.
async function load() {
  vi.resetModules()
  const [asking, auth, investors, token, problem] = await Promise.all([
    import('./asking'),
    import('./auth'),
    import('./investors'),
    import('./token'),
    import('./problem'),
  ])
  return { ...asking, ...auth, ...investors, ...token, ...problem }
}

type Answer = [status: number, body?: unknown, headers?: Record<string, string>] | Error

let sent: Request[] = []
let refreshes = 0

/** Answers refreshes with a new token each time, and everything else from the list, in order. */
function answers(
  list: Answer[],
  refreshed: (count: number) => Answer = (count) => [200, { access_token: `t${count}`, expires_in: 900, user: { id: 'u' } }],
) {
  const respond = (answer: Answer | undefined) => {
    if (answer === undefined) throw new Error('One request too many')
    if (answer instanceof Error) throw answer
    const [status, body, headers] = answer
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    })
  }
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const request = typeof input === 'string' ? new Request(new URL(input, location.origin), init) : input
    if (request.url.endsWith('/api/auth/refresh')) {
      refreshes += 1
      await Promise.resolve()
      return respond(refreshed(refreshes))
    }
    sent.push(request)
    return respond(list.shift())
  })
}

const EXPIRED: Answer = [401, { code: 'unauthenticated', title: 'No', status: 401 }]

beforeEach(() => {
  sent = []
  refreshes = 0
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('access token', () => {
  it('comes from the refresh cookie and is sent along', async () => {
    answers([[200, { id: 'u' }]])
    const { meGet } = await load()
    await meGet()
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer t1')
  })

  it('is refreshed once for many concurrent requests', async () => {
    answers([
      [200, {}],
      [200, {}],
      [200, {}],
    ])
    const { meGet } = await load()
    await Promise.all([meGet(), meGet(), meGet()])
    expect(refreshes).toBe(1)
  })

  it('is renewed once after a 401, then the request retried', async () => {
    answers([EXPIRED, [200, { id: 'u' }]])
    const { meGet, tokenGranted } = await load()
    tokenGranted({ access_token: 'old', expires_in: 900, user: { id: 'u' } })
    await expect(meGet()).resolves.toEqual({ id: 'u' })
    expect(sent.map((request) => request.headers.get('authorization'))).toEqual(['Bearer old', 'Bearer t1'])
  })

  it('is not renewed endlessly if still refused', async () => {
    answers([EXPIRED, EXPIRED])
    const { meGet, tokenGranted } = await load()
    tokenGranted({ access_token: 'old', expires_in: 900, user: { id: 'u' } })
    await expect(meGet()).rejects.toMatchObject({ status: 401 })
    expect(refreshes).toBe(1)
  })

  it('is renewed before it expires', async () => {
    answers([[200, {}]])
    const { meGet, tokenGranted } = await load()
    tokenGranted({ access_token: 'old', expires_in: 10, user: { id: 'u' } })
    await meGet()
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer t1')
  })

  it('is discarded when the refresh is refused', async () => {
    answers([EXPIRED], () => [401, { code: 'unauthenticated' }])
    const { meGet, tokenGranted, tokenStatus } = await load()
    tokenGranted({ access_token: 'old', expires_in: 900, user: { id: 'u' } })
    await expect(meGet()).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(tokenStatus()).toBe('ended')
  })

  it('of a new sign-in lets the requests that found the session ended go on, asked for once', async () => {
    answers([EXPIRED, EXPIRED, [200, { id: 'u' }], [200, { id: 'u' }]], () => [401, { code: 'unauthenticated' }])
    const { meGet, tokenGranted, signIn } = await load()
    tokenGranted({ access_token: 'old', expires_in: 900, user: { id: 'u' } })
    const asked = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10))
      tokenGranted({ access_token: 'new', expires_in: 900, user: { id: 'u' } })
      return true
    })
    signIn.onNeeded(asked)
    await expect(Promise.all([meGet(), meGet()])).resolves.toEqual([{ id: 'u' }, { id: 'u' }])
    expect(asked).toHaveBeenCalledTimes(1)
    expect(sent.at(-1)?.headers.get('authorization')).toBe('Bearer new')
  })

  it('is not asked for of someone who was never signed in', async () => {
    answers([EXPIRED], () => [401, { code: 'unauthenticated' }])
    const { meGet, signIn, tokenStatus } = await load()
    const asked = vi.fn(() => Promise.resolve(true))
    signIn.onNeeded(asked)
    await expect(meGet()).rejects.toMatchObject({ status: 401 })
    expect(asked).not.toHaveBeenCalled()
    expect(tokenStatus()).toBe('signed-out')
  })

  it('is kept when the refresh hits a failing server', async () => {
    vi.useFakeTimers()
    answers([], () => [503, { code: 'unavailable', title: 'Down' }])
    const { meGet, tokenStatus } = await load()
    const refused = expect(meGet()).rejects.toMatchObject({ code: 'unavailable' })
    await vi.runAllTimersAsync()
    await refused
    expect(refreshes).toBe(3)
    expect(tokenStatus()).toBe('unknown')
  })

  it('is asked for again after a lost answer', async () => {
    vi.useFakeTimers()
    answers([[200, { id: 'u' }]], (count) =>
      count === 1 ? new TypeError('lost') : [200, { access_token: `t${count}`, expires_in: 900, user: { id: 'u' } }],
    )
    const { meGet } = await load()
    const got = meGet()
    await vi.runAllTimersAsync()
    await expect(got).resolves.toEqual({ id: 'u' })
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer t2')
  })

  it('is not renewed for a wrong password', async () => {
    answers([[401, { code: 'invalid_credentials', title: 'Wrong' }]])
    const { passwordChange, tokenGranted } = await load()
    tokenGranted({ access_token: 'old', expires_in: 900, user: { id: 'u' } })
    await expect(passwordChange({ current_password: 'a', new_password: 'b' })).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(refreshes).toBe(0)
    expect(sent).toHaveLength(1)
  })

  it('is refreshed under a lock shared by all tabs', async () => {
    const request = vi.fn((_name: string, work: () => Promise<unknown>) => work())
    vi.stubGlobal('navigator', { ...navigator, locks: { request } })
    answers([[200, {}]])
    const { meGet } = await load()
    await meGet()
    expect(request).toHaveBeenCalledWith('steward-refresh', expect.any(Function))
  })

  it('is taken from the tab that refreshed first', async () => {
    let grantMeanwhile = () => {}
    const request = (_name: string, work: () => Promise<unknown>) => {
      grantMeanwhile()
      return work()
    }
    vi.stubGlobal('navigator', { ...navigator, locks: { request } })
    answers([[200, {}]])
    const { meGet, tokenGranted } = await load()
    grantMeanwhile = () => tokenGranted({ access_token: 'theirs', expires_in: 900, user: { id: 'u' } })
    await meGet()
    expect(refreshes).toBe(0)
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer theirs')
  })
})

describe('a create', () => {
  it('is retried with the same key after no response', async () => {
    vi.useFakeTimers()
    answers([new TypeError('failed'), [503, {}], [201, { id: 'i' }]])
    const { investorCreate } = await load()
    const made = investorCreate({ name: 'A', kind: 'fund' }, 'key-1')
    await vi.runAllTimersAsync()
    await expect(made).resolves.toEqual({ id: 'i' })
    expect(sent.map((request) => request.headers.get('idempotency-key'))).toEqual(['key-1', 'key-1', 'key-1'])
    expect(await sent[2]?.json()).toEqual({ name: 'A', kind: 'fund' })
  })
})

describe('a change', () => {
  it('names the version it is based on', async () => {
    answers([[200, {}]])
    const { investorUpdate } = await load()
    await investorUpdate({ id: 'i', version: 7 }, { name: 'B' })
    expect(sent[0]?.headers.get('if-match')).toBe('"7"')
    expect(sent[0]?.method).toBe('PATCH')
  })
})

describe('a problem', () => {
  it('carries code, reference, field errors and retry delay', async () => {
    const errors = [{ field: 'email', code: 'taken', message: 'Is taken.' }]
    answers([[429, { code: 'locked_out', title: 'Wait', request_id: 'r1', errors }, { 'retry-after': '12' }]])
    const { login, errorsByField, Problem } = await load()
    const refused = await login({ username: 'a', password: 'b' }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Problem)
    expect(refused).toMatchObject({ code: 'locked_out', requestId: 'r1', retryAfter: 12 })
    expect(errorsByField(refused as InstanceType<typeof Problem>)).toEqual({ email: 'Is taken.' })
  })

  it('is built from responses without a problem document', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502 }))
    const { setupGet } = await load()
    await expect(setupGet()).rejects.toMatchObject({ status: 502, code: 'http_502', retryable: true })
  })
})
