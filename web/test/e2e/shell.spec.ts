import { expect, test } from '@playwright/test'
import { fakeApi, me, problem } from '../fake-api'

const signedOut = { 'POST /api/auth/refresh': () => problem(401, 'unauthenticated', 'Sign in and try again') }

test('a protected page leads to sign-in and back', async ({ page }) => {
  await fakeApi(page, signedOut)
  await page.goto('/profile')
  await expect(page).toHaveURL(/\/login\?next=/)
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('a correct password')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/profile$/)
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
})

test('sign-in never redirects to another site', async ({ page }) => {
  await fakeApi(page, signedOut)
  await page.goto('/login?next=//evil.example/x')
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('a correct password')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/overview$/)
})

test('a lock-out shows the remaining time and ends', async ({ page }) => {
  const locked = { ...problem(429, 'locked_out', 'Too many attempts'), headers: { 'retry-after': '2' } }
  await fakeApi(page, { ...signedOut, 'POST /api/auth/login': () => locked })
  await page.goto('/login')
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toContainText('Try again in')
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeEnabled({ timeout: 5000 })
})

test('pages a role can’t use are hidden', async ({ page }) => {
  await fakeApi(page, { 'GET /api/me': () => ({ body: { ...me, roles: ['team_member'], permissions: [] } }) })
  await page.goto('/profile')
  const nav = page.getByRole('navigation', { name: 'Main' }).first()
  await expect(nav.getByRole('link')).toHaveText(['Overview', 'Notifications'])
})

test('theme and sidebar are remembered', async ({ page }) => {
  await fakeApi(page)
  await page.goto('/profile')
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
  await page.keyboard.press('[')
  await page.getByRole('button', { name: /^Account menu/ }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await expect(page.getByRole('button', { name: 'Expand the sidebar' })).toBeVisible()
})

test('the keyboard navigates, lists shortcuts and skips to content', async ({ page }) => {
  await fakeApi(page)
  await page.goto('/profile')
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('n')
  await expect(page).toHaveURL(/\/notifications$/)
})

test('signing out in one tab signs out the other', async ({ page, context }) => {
  const other = await context.newPage()
  for (const tab of [page, other]) {
    await fakeApi(tab)
    await tab.goto('/profile')
    await expect(tab.getByRole('heading', { name: me.name })).toBeVisible()
  }
  await page.getByRole('button', { name: /^Account menu/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login/)
  await expect(other).toHaveURL(/\/login/)
})
