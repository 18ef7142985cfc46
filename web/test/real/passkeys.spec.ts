import type { APIRequestContext, Page } from '@playwright/test'
import { Authenticator } from './authenticator'
import type { Server } from './server'
import { ADMIN, MANAGER, expect, otherBrowser, setUp, signIn, test as base, type Api } from './steward'

// Passkeys, with Chromium’s virtual authenticator. It uses a suggested passkey at once, as if its user had chosen it.

const here = (server: Pick<Server, 'url'>) => server.url.replace('127.0.0.1', 'localhost')

// Browsers allow passkeys for host names only.
const test = base.extend({ baseURL: async ({ server }, run) => run(here(server)) })

const account = (page: Page) => page.getByRole('button', { name: /^Account menu/ })
const section = (page: Page) => page.getByRole('region', { name: 'Passkeys' })
const rows = (page: Page) => page.getByRole('list', { name: 'Passkeys' }).getByRole('listitem')
const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name })

/** Keeps the browser from suggesting passkeys, so that a test asks for one with the button. */
async function withoutSuggestions(page: Page): Promise<void> {
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
  })
}

async function signOut(page: Page): Promise<void> {
  await account(page).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login/)
}

async function typePassword(page: Page, user: { username: string; password: string } = ADMIN): Promise<void> {
  await page.goto('/login?next=/profile')
  await page.getByLabel('Username').fill(user.username)
  await page.getByLabel('Password', { exact: true }).fill(user.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Closes the recovery codes that come with the first second factor. */
async function keepCodes(page: Page): Promise<string> {
  const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  const code = (await codes.first().textContent()) ?? ''
  await page.getByRole('button', { name: 'I’ve kept them' }).click()
  return code
}

async function addPasskey(page: Page, name: string): Promise<void> {
  await section(page).getByRole('button', { name: 'Add passkey' }).click()
  await dialog(page, 'Add a passkey').getByLabel('Name').fill(name)
  await dialog(page, 'Add a passkey').getByRole('button', { name: 'Create passkey' }).click()
}

/** An admin with a passkey, signed in on their profile page. */
async function enrolled(
  page: Page,
  request: APIRequestContext,
  server: Server,
): Promise<{ api: Api; device: Authenticator; code: string }> {
  const api = await setUp(request, server)
  await withoutSuggestions(page)
  const device = await Authenticator.of(page)
  await signIn(page, ADMIN)
  await addPasskey(page, 'Laptop')
  const code = await keepCodes(page)
  await expect(rows(page)).toHaveText([/Laptop.*not used yet/])
  return { api, device, code }
}

test('a passkey is added, renamed, used without a password and removed', async ({ page, request, server }) => {
  const { device } = await enrolled(page, request, server)
  expect(await device.held()).toBe(1)
  await page.getByRole('button', { name: 'Rename Laptop' }).click()
  await dialog(page, 'Rename the passkey').getByLabel('Name').fill('Work laptop')
  await page.keyboard.press('Enter')
  await expect(rows(page)).toHaveText([/^Work laptop/])
  await signOut(page)
  await page.goto('/login?next=/profile')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(account(page)).toBeVisible()
  await expect(rows(page)).toHaveText([/Work laptop.*used/])
  await expect(rows(page)).not.toHaveText([/not used yet/])
  await page.getByRole('button', { name: 'Remove Work laptop' }).click()
  const removal = dialog(page, 'Remove Work laptop?')
  await expect(removal).toContainText('your only second factor')
  await removal.getByRole('button', { name: 'Remove passkey' }).click()
  await expect(page.getByText('You sign in with your password alone.')).toBeVisible()
  await expect(rows(page)).toHaveCount(0)
  // The device still has it and offers it, but it no longer signs in.
  await signOut(page)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('alert')).toContainText('Steward doesn’t accept this passkey')
  await typePassword(page)
  await expect(account(page)).toBeVisible()
})

test('the browser suggests a passkey at the username', async ({ page, request, server }) => {
  await setUp(request, server)
  await Authenticator.of(page)
  await signIn(page, ADMIN)
  await addPasskey(page, 'Laptop')
  await keepCodes(page)
  await account(page).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  // Chosen at once; see above.
  await expect(rows(page)).toHaveText([/Laptop.*used/])
})

test('the button works while the browser suggests passkeys', async ({ page, request, server }) => {
  await setUp(request, server)
  const device = await Authenticator.of(page)
  await signIn(page, ADMIN)
  await addPasskey(page, 'Laptop')
  await keepCodes(page)
  await device.touched(false)
  const suggested = page.waitForResponse(/\/api\/auth\/passkey\/begin$/)
  await signOut(page)
  await suggested
  await expect(page.getByLabel('Username')).toHaveAttribute('autocomplete', 'username webauthn')
  // The button's own request comes after the end of the suggestion.
  await page.route('**/api/auth/passkey/begin', async (route) => {
    await device.touched(true)
    await route.continue()
  })
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(account(page)).toBeVisible()
})

test('a passkey is the second step after a password', async ({ page, request, server }) => {
  const { device, code } = await enrolled(page, request, server)
  await signOut(page)
  await typePassword(page)
  await expect(page.getByRole('heading', { name: 'Second step' })).toBeVisible()
  const button = page.getByRole('button', { name: 'Use a passkey' })
  await expect(button).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(account(page)).toBeVisible()
  // Somewhere else, a recovery code replaces it.
  await signOut(page)
  await typePassword(page)
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await expect(page.getByLabel('Recovery code')).toBeFocused()
  await page.getByLabel('Recovery code').fill(code)
  await page.keyboard.press('Enter')
  await expect(page.getByText('9 recovery codes left')).toBeVisible()
  expect(await device.held()).toBe(1)
})

test('the second step leads back to the password', async ({ page, request, server }) => {
  await enrolled(page, request, server)
  await signOut(page)
  await typePassword(page)
  await page.getByRole('button', { name: 'Back to sign-in' }).click()
  await expect(page.getByLabel('Username')).toHaveValue(ADMIN.username)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(account(page)).toBeVisible()
})

test('a device holds one passkey for each user', async ({ page, request, server }) => {
  const { device } = await enrolled(page, request, server)
  await addPasskey(page, 'Again')
  await expect(dialog(page, 'Add a passkey').getByRole('alert')).toContainText('You already have a passkey here')
  expect(await device.held()).toBe(1)
})

test('a user who isn’t recognised gets no passkey', async ({ page, request, server }) => {
  await setUp(request, server)
  const device = await Authenticator.of(page)
  await device.recognises(false)
  await signIn(page, ADMIN)
  await addPasskey(page, 'Laptop')
  const form = dialog(page, 'Add a passkey')
  await expect(form.getByRole('alert')).toContainText('No passkey was created')
  await device.recognises(true)
  await form.getByRole('button', { name: 'Create passkey' }).click()
  await keepCodes(page)
  await expect(rows(page)).toHaveCount(1)
})

test('a role that needs a second factor is met with a passkey', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  await api.call('PATCH', '/api/settings/security', { required_roles: ['admin'], grace_days: 0 }, { 'If-Match': '"0"' })
  const device = await Authenticator.of(page)
  await device.recognises(false)
  await typePassword(page)
  await expect(page.getByRole('heading', { name: 'Set up a second factor' })).toBeVisible()
  await page.getByRole('button', { name: 'Use an authenticator app instead' }).click()
  await expect(page.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible()
  await page.getByRole('button', { name: 'Use a passkey instead' }).click()
  // More failed attempts than the challenge takes answers.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await page.getByRole('button', { name: 'Create passkey' }).click()
    await expect(page.getByRole('alert')).toContainText('No passkey was created')
  }
  await device.recognises(true)
  await page.getByRole('button', { name: 'Create passkey' }).click()
  await keepCodes(page)
  await expect(rows(page)).toHaveCount(1)
  // The last factor of such a role stays.
  await page.getByRole('button', { name: /^Remove / }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove passkey' }).click()
  await expect(page.getByText('Your role needs a second factor. Add another one')).toBeVisible()
  await expect(rows(page)).toHaveCount(1)
})

test('a passkey proves who the user is before a sensitive change', async ({ page, request, server }) => {
  await enrolled(page, request, server)
  let asked = false
  // As the server answers when the sign-in was more than five minutes ago.
  await page.route('**/api/me/passkeys/*', (route) => {
    if (route.request().method() !== 'DELETE' || asked) return route.fallback()
    asked = true
    const problem = { title: 'Forbidden', status: 403, code: 'reauthentication_required', errors: [] }
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  })
  await page.getByRole('button', { name: 'Remove Laptop' }).click()
  await page.getByRole('button', { name: 'Remove passkey' }).click()
  const proof = dialog(page, 'Confirm that it’s you')
  await expect(proof.getByRole('button', { name: 'Use a passkey' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(proof).toBeHidden()
  await expect(page.getByText('You sign in with your password alone.')).toBeVisible()
})

test('at another address, passkeys are explained and a recovery code signs in', async ({ page, browser, request, server }) => {
  const { code } = await enrolled(page, request, server)
  const other = await (await browser.newContext({ baseURL: server.url })).newPage()
  await typePassword(other)
  await expect(other.getByText('Passkeys work only at localhost.')).toBeVisible()
  await other.getByLabel('Recovery code').fill(code)
  await other.keyboard.press('Enter')
  await expect(section(other).getByRole('link', { name: here(server) })).toBeVisible()
  await expect(rows(other)).toHaveText([/Laptop/])
  await expect(section(other).getByRole('button', { name: 'Add passkey' })).toHaveCount(0)
  await other.context().close()
})

test('an admin requires second factors and removes lost ones', async ({ page, browser, request, server }) => {
  const api = await setUp(request, server)
  const manager = await api.userCreate(MANAGER)
  await signIn(page, ADMIN)
  await page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Security' }).click()
  const missing = page.getByRole('list', { name: 'Users without a second factor' }).getByRole('listitem')
  await expect(missing).toHaveCount(2)
  await page.getByRole('checkbox', { name: /^Relationship manager/ }).check()
  await page.getByLabel('Days to set one up').fill('200')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Enter a number of days from 0 to 90.')).toBeVisible()
  await page.getByLabel('Days to set one up').fill('0')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Policy for second factors saved')).toBeVisible()
  await expect(missing.first()).toHaveText(/Jonas Weber.*Needs one/)

  const theirs = await (await browser.newContext({ baseURL: here(server) })).newPage()
  await Authenticator.of(theirs)
  await typePassword(theirs, MANAGER)
  await theirs.getByRole('button', { name: 'Create passkey' }).click()
  await keepCodes(theirs)
  await expect(rows(theirs)).toHaveCount(1)

  await page.goto(`/users?user=${manager.id}`)
  await expect(page.getByRole('row', { name: /Jonas Weber/ })).toContainText('Set up')
  await page.getByRole('button', { name: 'Remove second factors' }).click()
  const question = dialog(page, 'Remove second factors?')
  await expect(question).toContainText('The passkeys, authenticator app and recovery codes of Jonas Weber stop working')
  await question.getByRole('button', { name: 'Remove second factors' }).click()
  await expect(page.getByText('None: Jonas Weber signs in with the password alone.')).toBeVisible()
  await expect(page.getByRole('row', { name: /Jonas Weber/ })).toContainText('None')
  await expect(rows(theirs)).toHaveCount(0)
  await theirs.context().close()
})

test('two admins who change the policy at once both see the result', async ({ page, browser, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  const other = await otherBrowser(browser, server, ADMIN)
  for (const tab of [page, other]) await tab.goto('/settings/security')
  await page.getByRole('checkbox', { name: /^Analyst/ }).check()
  await other.getByRole('checkbox', { name: /^Team member/ }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Policy for second factors saved')).toBeVisible()
  await other.getByRole('button', { name: 'Save' }).click()
  await expect(other.getByText('Policy for second factors saved')).toBeVisible()
  for (const role of [/^Analyst/, /^Team member/]) await expect(other.getByRole('checkbox', { name: role })).toBeChecked()
  await page.reload()
  for (const role of [/^Analyst/, /^Team member/]) await expect(page.getByRole('checkbox', { name: role })).toBeChecked()
  await other.context().close()
})
