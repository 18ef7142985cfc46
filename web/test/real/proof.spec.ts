import { createHmac } from 'node:crypto'
import { ADMIN, Api, expect, setUp, signIn, test } from './steward'

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

test('a user with a second factor signs in with a recovery code', async ({ page, request, server }) => {
  await setUp(request, server)
  const api = await Api.as(request, server, ADMIN)
  const { secret } = await api.call<{ secret: string }>('POST', '/api/me/totp')
  const confirmed = await api.call<{ recovery_codes: string[] }>('POST', '/api/me/totp/confirm', { code: totp(secret) })
  await page.goto('/login?next=/profile')
  await page.getByLabel('Username').fill(ADMIN.username)
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Code from your authenticator app').fill('000000')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByLabel('Code from your authenticator app')).toHaveAttribute('aria-invalid', 'true')
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(confirmed.recovery_codes[0] ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('button', { name: /^Account menu/ })).toBeVisible()
})
