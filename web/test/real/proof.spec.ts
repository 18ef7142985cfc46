import { createHmac } from 'node:crypto'
import type { Page } from '@playwright/test'
import { ADMIN, expect, setUp, signIn, test } from './steward'

// Proving who one is: again before a sensitive change, and with a second factor when signing in.

test('a change that needs a proof of identity goes on after it', async ({ page, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  let asked = false
  // As the server answers when the sign-in was more than five minutes ago.
  await page.route('**/api/me', (route) => {
    if (route.request().method() !== 'PATCH' || asked) return route.fallback()
    asked = true
    const problem = {
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      detail: 'Confirm',
      code: 'reauthentication_required',
      errors: [],
    }
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  })
  await page.getByRole('textbox', { name: 'Email' }).fill('ada.okafor@steward.example')
  await page.getByRole('button', { name: 'Save' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Confirm that it’s you' })
  await dialog.getByLabel('Password', { exact: true }).fill('not the password')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByText(/incorrect/)).toBeVisible()
  await dialog.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('ada.okafor@steward.example takes effect')).toBeVisible()
})

/** The code of an authenticator app now (RFC 6238). */
function totp(secret: string): string {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const hash = createHmac('sha1', key).update(step).digest()
  const at = (hash.at(-1) ?? 0) & 15
  return ((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).toString().padStart(6, '0')
}

/** The secret that a page shows for an authenticator app. */
async function shownSecret(page: Page): Promise<string> {
  await expect(page.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible()
  return (await page.locator('code').first().textContent()) ?? ''
}

/** The first of the recovery codes that a page shows. */
async function keptCode(page: Page): Promise<string> {
  const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  const code = (await codes.first().textContent()) ?? ''
  await page.getByRole('button', { name: 'I’ve kept them' }).click()
  return code
}

async function typePassword(page: Page): Promise<void> {
  await page.goto('/login?next=/profile')
  await page.getByLabel('Username').fill(ADMIN.username)
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const account = (page: Page) => page.getByRole('button', { name: /^Account menu/ })

test('an authenticator app is set up, asked for and removed', async ({ page, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  await page.getByRole('button', { name: 'Set up authenticator app' }).click()
  const secret = await shownSecret(page)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Code from your authenticator app').fill('000000')
  await dialog.getByRole('button', { name: 'Add app' }).click()
  await expect(dialog.getByText(/incorrect/)).toBeVisible()
  await dialog.getByLabel('Code from your authenticator app').fill(totp(secret))
  await dialog.getByRole('button', { name: 'Add app' }).click()
  const code = await keptCode(page)
  await expect(page.getByText('10 recovery codes left')).toBeVisible()
  await account(page).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login/)
  await typePassword(page)
  await page.getByLabel('Code from your authenticator app').fill('000000')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByLabel('Code from your authenticator app')).toHaveAttribute('aria-invalid', 'true')
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(account(page)).toBeVisible()
  await expect(page.getByText('9 recovery codes left')).toBeVisible()
  await page.getByRole('button', { name: 'Remove app' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove app' }).click()
  await expect(page.getByRole('button', { name: 'Set up authenticator app' })).toBeVisible()
})

test('a role that needs a second factor leads to setting one up', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  await api.call('PATCH', '/api/settings/security', { required_roles: ['admin'], grace_days: 0 }, { 'If-Match': '"0"' })
  await typePassword(page)
  await expect(page.getByRole('heading', { name: 'Set up a second factor' })).toBeVisible()
  await page.getByLabel('Code from your authenticator app').fill(totp(await shownSecret(page)))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await keptCode(page)
  await expect(account(page)).toBeVisible()
})

test('a session that ended is renewed over the page with the second factor', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  await api.call('PATCH', '/api/settings/security', { required_roles: ['admin'], grace_days: 0 }, { 'If-Match': '"0"' })
  await page.clock.install()
  await typePassword(page)
  await page.getByLabel('Code from your authenticator app').fill(totp(await shownSecret(page)))
  await page.getByRole('button', { name: 'Sign in' }).click()
  const code = await keptCode(page)
  await page.getByRole('textbox', { name: 'Name' }).fill('Ada O.')
  await page.context().clearCookies()
  await page.clock.fastForward('00:16:00')
  const dialog = page.getByRole('dialog', { name: 'Sign in to continue' })
  await dialog.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await dialog.getByRole('button', { name: 'Use a recovery code' }).click()
  await dialog.getByLabel('Recovery code').fill(code)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Ada O.')
})
