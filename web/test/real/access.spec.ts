import type { Page } from '@playwright/test'
import { ADMIN, expect, MANAGER, otherBrowser, setUp, signIn, test } from './steward'

// Signing in, staying signed in, being signed out, and reconnecting after the server was down.

const AFTER_EXPIRY = '00:16:00'

async function tryPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
}

test('too many wrong passwords lock out for a while', async ({ page, request, server }) => {
  await setUp(request, server)
  await page.goto('/login?next=/profile')
  await page.getByLabel('Username').fill(ADMIN.username)
  const locked = page.getByText('Too many attempts.')
  for (let attempt = 0; attempt < 10 && !(await locked.isVisible()); attempt += 1) {
    await tryPassword(page, `a wrong password ${attempt}`)
  }
  await expect(locked).toBeVisible()
  const button = page.getByRole('button', { name: 'Sign in' })
  await expect(button).toBeDisabled()
  await expect(button).toBeEnabled({ timeout: 40_000 })
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await button.click()
  await expect(page.getByRole('heading', { name: ADMIN.name })).toBeVisible()
})

test('a session outlives its access tokens', async ({ page, request, server }) => {
  await setUp(request, server)
  await page.clock.install()
  await signIn(page, ADMIN)
  await page.clock.fastForward(AFTER_EXPIRY)
  const refreshed = page.waitForResponse((response) => response.url().endsWith('/api/auth/refresh'))
  await page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Users' }).click()
  expect((await refreshed).status()).toBe(200)
  await expect(page.getByRole('row', { name: /Ada Okafor/ })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('row', { name: /Ada Okafor/ })).toBeVisible()
})

test('a session ended elsewhere leads to sign-in over the page', async ({ page, browser, request, server }) => {
  await setUp(request, server)
  await page.clock.install()
  await signIn(page, ADMIN)
  const other = await otherBrowser(browser, server, ADMIN)
  await other.getByRole('button', { name: 'Sign out everywhere' }).click()
  await other.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(other).toHaveURL(/\/login/)
  await page.clock.fastForward(AFTER_EXPIRY)
  // The page may notice by itself first: its live connection ends with the session.
  const users = page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Users' })
  await users.click({ timeout: 2000 }).catch(() => undefined)
  const again = page.getByRole('dialog', { name: 'Sign in to continue' })
  await expect(again.getByLabel('Username')).toHaveValue(ADMIN.username)
  await again.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await again.getByRole('button', { name: 'Sign in' }).click()
  await expect(again).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Account menu/ })).toBeVisible()
  await other.context().close()
})

test('a role sees its own pages and nothing else', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  await api.userCreate({ ...MANAGER, roles: ['team_member'] })
  await signIn(page, MANAGER)
  const nav = page.getByRole('navigation', { name: 'Main' }).first()
  await expect(nav.getByRole('link')).toHaveText(['Overview', 'Products', 'My tasks', 'Roadmap', 'Notifications'])
  await page.goto('/users')
  await expect(page.getByRole('alert')).toBeVisible()
})

test('the live connection recovers and delivers missed events', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const manager = await api.userCreate(MANAGER)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund', relationship_manager_id: manager.id })
  await signIn(page, MANAGER)
  const live = page.getByRole('status').filter({ hasText: /Live|Reconnecting/ })
  await expect(live).toHaveText('Live')
  await expect(page.getByRole('button', { name: 'Notifications, 1 unread' })).toBeVisible()

  await server.down()
  await expect(live).toHaveText('Reconnecting…')
  await server.up()
  const call = { kind: 'call', occurred_at: new Date().toISOString(), summary: 'While nobody was connected' }
  await api.call('POST', `/api/investors/${investor.id}/activities`, call)
  await expect(live).toHaveText('Live', { timeout: 45_000 })
  await expect(page.getByRole('button', { name: 'Notifications, 2 unread' })).toBeVisible()
})
