import type { BrowserContext, Page } from '@playwright/test'
import { distant } from './distant'
import { ADMIN, expect, otherBrowser, setUp, signIn, test } from './steward'

// Staying signed in on a bad line, and being signed out when a refresh token was copied.

const REFRESH = /^POST \/api\/auth\/refresh /

const account = (page: Page) => page.getByRole('button', { name: /^Account menu/ })

async function stillSignedIn(page: Page): Promise<void> {
  await expect(account(page)).toBeVisible({ timeout: 30_000 })
  expect(new URL(page.url()).pathname).toBe('/profile')
}

/** Reloads without waiting for the page, as an impatient user does. */
async function reloadQuickly(page: Page, times: number, pauseMs: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    await page.evaluate(() => void setTimeout(() => location.reload())).catch(() => undefined)
    await page.waitForTimeout(pauseMs)
  }
}

async function refreshCookie(context: BrowserContext): Promise<string | undefined> {
  return (await context.cookies()).find(({ name }) => name === 'steward_refresh')?.value
}

for (const delayed of ['requests', 'answers'] as const) {
  test(`ten quick reloads with late ${delayed} keep the user signed in`, async ({ browser, request, server }) => {
    await setUp(request, server)
    const line = await distant(server, REFRESH, 800, delayed)
    const page = await otherBrowser(browser, line, ADMIN)
    for (const pause of [60, 250, 900]) {
      await reloadQuickly(page, 10, pause)
      await stillSignedIn(page)
    }
    await page.context().close()
    line.end()
  })
}

test('two tabs that refresh at once stay signed in', async ({ browser, request, server }) => {
  await setUp(request, server)
  const line = await distant(server, REFRESH, 800, 'answers')
  const context = await browser.newContext({ baseURL: line.url })
  const [one, two] = [await context.newPage(), await context.newPage()]
  await signIn(one, ADMIN)
  for (let turn = 0; turn < 3; turn += 1) {
    await Promise.all([one.goto('/profile'), two.goto('/profile')])
    await Promise.all([stillSignedIn(one), stillSignedIn(two)])
  }
  // Closed while the answer is on its way.
  await two.goto('/profile', { waitUntil: 'commit' })
  await two.waitForTimeout(300)
  await two.close()
  await one.reload()
  await stillSignedIn(one)
  await context.close()
  line.end()
})

test('a lost answer keeps the user signed in', async ({ browser, request, server }) => {
  await setUp(request, server)
  const line = await distant(server, REFRESH, 0)
  const page = await otherBrowser(browser, line, ADMIN)
  const before = await refreshCookie(page.context())
  for (const answers of [1, 2]) {
    line.lose(answers)
    await page.reload()
    await stillSignedIn(page)
  }
  expect(await refreshCookie(page.context())).not.toBe(before)
  await page.context().close()
  line.end()
})

test('a cold start of a second keeps the user signed in', async ({ browser, request, server }) => {
  await setUp(request, server)
  const line = await distant(server, REFRESH, 1000)
  const page = await otherBrowser(browser, line, ADMIN)
  await page.reload()
  await page.waitForTimeout(500)
  await page.reload()
  await stillSignedIn(page)
  await page.context().close()
  line.end()
})

test('a copied refresh token ends the session', async ({ browser, request, server }) => {
  await setUp(request, server)
  const line = await distant(server, REFRESH, 0)
  const page = await otherBrowser(browser, line, ADMIN)
  const copied = await page.context().cookies()
  for (let turn = 0; turn < 2; turn += 1) {
    await page.reload()
    await stillSignedIn(page)
  }
  const thief = await browser.newContext({ baseURL: line.url })
  await thief.addCookies(copied)
  const theirs = await thief.newPage()
  await theirs.goto('/profile')
  await expect(theirs).toHaveURL(/\/login/)
  await page.reload()
  await expect(page).toHaveURL(/\/login/)
  await thief.close()
  await page.context().close()
  line.end()
})
