import { test as base, expect, type APIRequestContext, type Browser, type Page } from '@playwright/test'
import type { Investor, NewUser, User } from '../../src/api/types'
import { Server } from './server'

export const ADMIN = { username: 'ada', name: 'Ada Okafor', email: 'ada@steward.example', password: 'correct horse battery' }
export const MANAGER = {
  username: 'jonas',
  name: 'Jonas Weber',
  email: 'jonas@steward.example',
  password: 'staple orbit lantern',
  roles: ['relationship_manager'],
} satisfies NewUser & { password: string }

/** Each test has its own empty server; any content security policy violation fails it. */
export const test = base.extend<{ server: Server; refused: string[] }>({
  server: async ({}, run) => {
    const server = await Server.start()
    await run(server)
    await server.remove()
  },
  baseURL: async ({ server }, run) => run(server.url),
  refused: [
    async ({ page }, run) => {
      const refused: string[] = []
      watch(page, refused)
      await run(refused)
      expect(refused).toEqual([])
    },
    { auto: true },
  ],
})

/** Records policy violations and uncaught errors of a page. */
export function watch(page: Page, refused: string[]): void {
  page.on('console', (message) => message.text().includes('Content Security Policy') && refused.push(message.text()))
  page.on('pageerror', (error) => refused.push(error.message))
}

export { expect }

export async function signIn(page: Page, { username, password }: { username: string; password: string }): Promise<void> {
  await page.goto('/login?next=/profile')
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('button', { name: /^Account menu/ })).toBeVisible()
}

/** A second user in a separate browser context. */
export async function otherBrowser(
  browser: Browser,
  server: Pick<Server, 'url'>,
  user: { username: string; password: string },
): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: server.url })).newPage()
  await signIn(page, user)
  return page
}

/** The API as used by a script, to set up what a test isn't about. */
export class Api {
  private readonly request: APIRequestContext
  private readonly base: string
  private readonly token: string

  private constructor(request: APIRequestContext, base: string, token: string) {
    this.request = request
    this.base = base
    this.token = token
  }

  /** Signs in. */
  static async as(request: APIRequestContext, server: Server, user: { username: string; password: string }): Promise<Api> {
    const answer = await request.post(`${server.url}/api/auth/login`, { data: { username: user.username, password: user.password } })
    expect(answer.status(), await answer.text()).toBe(200)
    const { access_token: token } = (await answer.json()) as { access_token: string }
    return new Api(request, server.url, token)
  }

  async call<T>(method: string, path: string, data?: object, headers: Record<string, string> = {}): Promise<T> {
    const answer = await this.request.fetch(`${this.base}${path}`, {
      method,
      data,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
    })
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true)
    return (answer.status() === 204 ? undefined : await answer.json()) as T
  }

  /** Creates a user who has accepted their invitation, with this password. */
  async userCreate({ password, ...user }: NewUser & { password: string }): Promise<User> {
    const { id } = await this.call<User>('POST', '/api/users', user)
    const token = await this.linkToken(user.email)
    await this.call('POST', '/api/auth/invitation/accept', { token, password })
    return this.call('GET', `/api/users/${id}`)
  }

  /** The token of the newest link mailed to an address. */
  async linkToken(address: string): Promise<string> {
    let token: string | undefined
    await expect(async () => {
      const answer = await this.request.get(`${this.base}/_local/mail.json`)
      const mails = (await answer.json()) as { to: string; text: string }[]
      token = mails.filter(({ to }) => to === address).flatMap(({ text }) => /#token=(\S+)/.exec(text)?.[1] ?? [])[0]
      expect(token).toBeDefined()
    }).toPass()
    return token ?? ''
  }

  investorCreate(investor: object): Promise<Investor> {
    return this.call('POST', '/api/investors', investor)
  }
}

/** Creates the first admin. */
export async function setUp(request: APIRequestContext, server: Server): Promise<Api> {
  const answer = await request.post(`${server.url}/api/setup`, { data: ADMIN })
  expect(answer.status()).toBe(201)
  return Api.as(request, server, ADMIN)
}
