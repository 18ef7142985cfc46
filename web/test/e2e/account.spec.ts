import { expect, test } from '@playwright/test'
import { fakeApi, me, preferences, problem } from '../fake-api'

const signedOut = { 'POST /api/auth/refresh': () => problem(401, 'unauthenticated', 'Sign in and try again') }

test('a switch saves at once, and failures are reported', async ({ page }) => {
  const matches: (string | null)[] = []
  let version = preferences.version
  await fakeApi(page, { 'PATCH /api/me/preferences': () => ({ body: { ...preferences, version: (version += 1) } }) })
  page.on('request', (request) => request.method() === 'PATCH' && matches.push(request.headers()['if-match'] ?? null))
  await page.goto('/settings')
  await expect(page).toHaveURL(/\/profile#notifications$/)
  const mail = page.getByRole('switch', { name: 'Imports: email' })
  await expect(mail).toBeInViewport()
  // The page scrolls inside the frame, never the frame itself.
  await expect(
    page
      .getByRole('banner')
      .or(page.getByRole('navigation', { name: 'Breadcrumb' }))
      .first(),
  ).toBeInViewport({ ratio: 1 })
  expect(await page.evaluate(() => window.scrollY)).toBe(0)
  await expect(mail).toHaveAttribute('aria-checked', 'false')
  await page.getByLabel('Name', { exact: true }).fill('Ada O.')
  await mail.click()
  await page.getByRole('switch', { name: 'Reminders: email' }).click()
  await expect(mail).toHaveAttribute('aria-checked', 'true')
  await expect(page.getByRole('switch', { name: 'Reminders: email' })).toHaveAttribute('aria-checked', 'false')
  await expect.poll(() => matches).toEqual(['"3"', '"4"'])
  // Unsaved input above is kept.
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Ada O.')
  await page.route('**/api/me/preferences', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({
          status: 412,
          contentType: 'application/problem+json',
          body: JSON.stringify(problem(412, 'stale_version', 'Precondition Failed').body),
        })
      : route.fallback(),
  )
  await page.getByRole('switch', { name: 'Activities: in the app' }).click()
  await expect(page.getByText('The current settings are now shown. Choose again.')).toBeVisible()
  await expect(page.getByRole('switch', { name: 'Activities: in the app' })).toHaveAttribute('aria-checked', 'true')
})

test('a reset request gets the same response for everyone', async ({ page }) => {
  let sent: unknown
  await fakeApi(page, {
    ...signedOut,
    'POST /api/auth/password-reset/request': ({ body }) => {
      sent = body
      return { status: 202 }
    },
  })
  await page.goto('/login')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByRole('button', { name: 'Send link' }).click()
  await expect(page.getByText('Enter your username or email.')).toBeVisible()
  await page.getByLabel('Username or email').fill(' ada ')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Check your email' })).toBeVisible()
  expect(sent).toEqual({ username_or_email: 'ada' })
})

test('a reset link works once and its token leaves the URL', async ({ page }) => {
  const used: unknown[] = []
  await fakeApi(page, {
    ...signedOut,
    'POST /api/auth/password-reset/confirm': ({ body }) => {
      used.push(body)
      return used.length === 1
        ? { status: 204 }
        : problem(400, 'invalid_reset_token', 'Bad Request', {
            errors: [{ field: 'token', code: 'invalid_reset_token', message: 'no good' }],
          })
    },
  })
  await page.goto('/reset-password#token=abc-DEF_9')
  await expect(page).toHaveURL(/\/reset-password$/)
  const password = page.getByLabel('New password')
  await password.fill('short')
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page.getByText('Use at least 12 characters.')).toBeVisible()
  await password.fill('four plain words here')
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page).toHaveURL(/\/login$/)
  await expect(page.getByText('Password changed')).toBeVisible()
  expect(used).toEqual([{ token: 'abc-DEF_9', password: 'four plain words here' }])
  const again = await page.context().newPage()
  await fakeApi(again, { ...signedOut, 'POST /api/auth/password-reset/confirm': () => problem(400, 'invalid_reset_token', 'Bad Request') })
  await again.goto('/reset-password#token=abc-DEF_9')
  await again.getByLabel('New password').fill('four plain words here')
  await again.getByRole('button', { name: 'Set password' }).click()
  await expect(again.getByRole('heading', { name: 'This link doesn’t work' })).toBeVisible()
  await again.getByRole('link', { name: 'Request a new link' }).click()
  await expect(again).toHaveURL(/\/forgot-password$/)
  await again.goto('/reset-password')
  await expect(again.getByRole('heading', { name: 'This link doesn’t work' })).toBeVisible()
})

test('a new address waits for its confirmation and can be cancelled', async ({ page }) => {
  const sent: unknown[] = []
  await fakeApi(page, {
    'PATCH /api/me': ({ body }) => {
      sent.push(body)
      const { email } = body as { email: string }
      return { body: { ...me, version: me.version + sent.length, pending_email: email === me.email ? null : email } }
    },
  })
  await page.goto('/profile')
  await page.getByLabel('Email', { exact: true }).fill('ada@new.example')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Link sent to ada@new.example')).toBeVisible()
  await expect(page.getByLabel('Email', { exact: true })).toHaveValue(me.email)
  await page.getByRole('button', { name: 'Cancel change' }).click()
  await expect(page.getByText('Change of address cancelled')).toBeVisible()
  expect(sent).toEqual([{ name: me.name, time_zone: me.time_zone, email: 'ada@new.example' }, { email: me.email }])
})

test('a button confirms a new address, once', async ({ page }) => {
  const used: unknown[] = []
  await fakeApi(page, {
    ...signedOut,
    'POST /api/auth/email/confirm': ({ body }) => {
      used.push(body)
      return used.length === 1 ? { status: 204 } : problem(400, 'invalid_confirmation_token', 'Bad Request')
    },
  })
  for (const heading of ['Email address confirmed', 'This link doesn’t work']) {
    await page.goto('/confirm-email#token=abc-DEF_9')
    await expect(page).toHaveURL(/\/confirm-email$/)
    await page.getByRole('button', { name: 'Confirm' }).click()
    await expect(page.getByRole('heading', { name: heading })).toBeVisible()
    await page.goto('about:blank')
  }
  expect(used).toEqual([{ token: 'abc-DEF_9' }, { token: 'abc-DEF_9' }])
})
