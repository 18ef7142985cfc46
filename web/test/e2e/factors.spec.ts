import { expect, test, type Page } from '@playwright/test'
import { fakeApi, me, problem } from '../fake-api'
import { LOCALHOST, challenge, factorStore, users } from '../fake-factors'

// Second factors: what users and admins see when something is refused. The ceremonies themselves are in test/real.

test.use({ baseURL: LOCALHOST })

const signedOut = { 'POST /api/auth/refresh': () => problem(401, 'unauthenticated', 'Sign in and try again') }
const rows = (page: Page) => page.getByRole('list', { name: 'Passkeys' }).getByRole('listitem')

/** Makes each request for a passkey fail as a browser reports it, and counts them. */
async function refuse(page: Page, name: string): Promise<void> {
  await page.addInitScript((error) => {
    const no = () => Promise.reject(new DOMException('technical', error))
    Object.assign(navigator.credentials, { create: no, get: no })
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
  }, name)
}

async function typePassword(page: Page): Promise<void> {
  await page.goto('/login?next=/profile')
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('a correct password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('a passkey is renamed and removed with the keyboard', async ({ page }) => {
  await fakeApi(page, factorStore().handlers)
  await page.goto('/profile')
  await expect(rows(page)).toHaveText([/Chrome on macOS.*Synced.*used/s, /Security key in the drawer.*not used yet/s])
  await page.getByRole('button', { name: 'Rename Chrome on macOS' }).focus()
  await page.keyboard.press('Enter')
  const name = page.getByRole('dialog', { name: 'Rename the passkey' }).getByLabel('Name')
  await expect(name).toBeFocused()
  await name.fill(' ')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Enter a name.')).toBeVisible()
  await name.fill('Laptop')
  await page.keyboard.press('Enter')
  await expect(rows(page).first()).toContainText('Laptop')
  await page.getByRole('button', { name: 'Remove Laptop' }).focus()
  await page.keyboard.press('Enter')
  const removal = page.getByRole('dialog', { name: 'Remove Laptop?' })
  await expect(removal).toBeFocused()
  await expect(removal).not.toContainText('only second factor')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Remove Laptop' })).toBeFocused()
  await page.keyboard.press('Enter')
  await removal.getByRole('button', { name: 'Remove passkey' }).press('Enter')
  await expect(rows(page)).toHaveCount(1)
})

for (const [error, title] of [
  ['NotAllowedError', 'No passkey was created'],
  ['InvalidStateError', 'You already have a passkey here'],
  ['ConstraintError', 'This device can’t hold a passkey'],
] as const) {
  test(`a passkey that isn’t created is explained: ${error}`, async ({ page }) => {
    await refuse(page, error)
    await fakeApi(page, factorStore({ own: [] }).handlers)
    await page.goto('/profile')
    await page.getByRole('button', { name: 'Add passkey' }).click()
    await page.getByRole('button', { name: 'Create passkey' }).click()
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText(title)
    await expect(page.getByRole('dialog').getByRole('alert')).toBeFocused()
  })
}

test('a sign-in without a passkey is explained, and the password still works', async ({ page }) => {
  await refuse(page, 'NotAllowedError')
  await fakeApi(page, { ...factorStore().handlers, ...signedOut })
  await page.goto('/login?next=/profile')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('alert')).toContainText('No passkey was used')
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('a correct password')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
})

test('a page at another address offers no passkeys', async ({ page }) => {
  await fakeApi(page, { ...factorStore({ origin: 'https://steward.example' }).handlers, ...signedOut })
  await page.goto('/login')
  await expect(page.getByLabel('Username')).toHaveAttribute('autocomplete', 'username')
  await expect(page.getByRole('button', { name: 'Sign in with a passkey' })).toHaveCount(0)
})

test('a second step that took too long leads back', async ({ page }) => {
  await fakeApi(page, {
    ...factorStore().handlers,
    ...signedOut,
    'POST /api/auth/login': () => challenge(['totp', 'recovery']),
    'POST /api/auth/challenge': () =>
      problem(400, 'invalid_challenge', 'Bad Request', { errors: [{ field: 'challenge', code: 'invalid_challenge', message: 'no' }] }),
  })
  await typePassword(page)
  await page.getByLabel('Code from your authenticator app').fill('123456')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('This took too long')
  await page.getByRole('button', { name: 'Back to sign-in' }).click()
  await expect(page.getByLabel('Username')).toHaveValue('ada')
})

test('an enrolment without passkeys offers only the app', async ({ page }) => {
  const secret = { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Steward:ada?secret=JBSWY3DPEHPK3PXP&issuer=Steward' }
  await fakeApi(page, {
    ...factorStore({ origin: 'https://steward.example' }).handlers,
    ...signedOut,
    'POST /api/auth/login': () => challenge(['enrol_passkey', 'enrol_totp']),
    'POST /api/auth/challenge/enrol': () => ({ body: { totp: secret, passkey: null } }),
  })
  await typePassword(page)
  await expect(page.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Use a passkey instead' })).toHaveCount(0)
})

test('two admins’ choices of roles are merged', async ({ page }) => {
  const store = factorStore()
  await fakeApi(page, store.handlers)
  await page.goto('/profile')
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await expect(page).toHaveURL(/\/settings\/security$/)
  const role = (name: RegExp) => page.getByRole('checkbox', { name })
  await role(/^Analyst/).press('Space')
  store.elsewhere({ required_roles: ['admin', 'manager'] })
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Policy for second factors saved')).toBeVisible()
  await expect(role(/^Manager/)).toBeChecked()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(role(/^Analyst/)).not.toBeChecked()
  expect(store.sent).toEqual([
    'PATCH security "4" {"required_roles":["admin","analyst"]}',
    'PATCH security "5" {"required_roles":["admin","analyst","manager"]}',
    'PATCH security "6" {"required_roles":["admin","manager"]}',
  ])
})

test('the settings show who has no second factor', async ({ page }) => {
  await fakeApi(page, factorStore().handlers)
  await page.goto('/settings/security')
  const missing = page.getByRole('list', { name: 'Users without a second factor' }).getByRole('listitem')
  await expect(missing).toHaveText([/Ada Okafor.*Needs one/, /Lena Hartmann/, /Tomás Rivera/])
  await expect(page.getByText('Your own role needs one, and you have none')).toBeVisible()
  await expect(page.getByRole('checkbox', { name: /Relationship manager.*1 of 1/ })).toBeVisible()
  await missing.getByRole('link', { name: /Lena Hartmann/ }).click()
  await expect(page.getByText('None: Lena Hartmann signs in with the password alone.')).toBeVisible()
})

test('only admins see the security settings', async ({ page }) => {
  await fakeApi(page, { ...factorStore().handlers, 'GET /api/me': () => ({ body: { ...me, roles: ['manager'], permissions: [] } }) })
  await page.goto('/settings/security')
  await expect(page.getByRole('heading', { name: 'No settings available' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Security' })).toHaveCount(0)
})

test('an admin removes lost second factors after a question', async ({ page }) => {
  const store = factorStore()
  await fakeApi(page, store.handlers)
  const jonas = users[1]?.id ?? ''
  await page.goto(`/users?user=${jonas}`)
  await expect(page.getByRole('row', { name: /Jonas Weber/ })).toContainText('Set up')
  await expect(page.getByRole('row', { name: /Lena Hartmann/ })).toContainText('None')
  await page.getByRole('button', { name: 'Remove second factors' }).click()
  const question = page.getByRole('dialog', { name: 'Remove second factors?' })
  await question.getByRole('button', { name: 'Cancel' }).click()
  expect(store.sent).toEqual([])
  await page.getByRole('button', { name: 'Remove second factors' }).click()
  await question.getByRole('button', { name: 'Remove second factors' }).click()
  await expect(page.getByText('Second factors of Jonas Weber removed')).toBeVisible()
  await expect(page.getByRole('row', { name: /Jonas Weber/ })).toContainText('None')
  expect(store.sent).toEqual([`DELETE factors ${jonas}`])
})
