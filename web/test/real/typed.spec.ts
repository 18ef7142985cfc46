import type { Page } from '@playwright/test'
import type { Investor, Product, Task } from '../../src/api/types'
import { ADMIN, Api, MANAGER, expect, otherBrowser, setUp, signIn, test } from './steward'

// What people type is never lost: two of them at the same thing, a session or a server that ends, and keys pressed by mistake.

const SECOND = { ...MANAGER, roles: ['admin' as const] }
const AFTER_EXPIRY = '00:16:00'

const leaving = (page: Page) => page.getByRole('dialog', { name: 'Leave without saving?' })
const description = (page: Page) => page.getByRole('textbox', { name: 'Description' })

async function taskOf(api: Api, description?: string): Promise<{ task: Task; path: string }> {
  const { id } = await api.call<Product>('POST', '/api/products', { key: 'ORB', name: 'Orbit', status: 'active' })
  const task = await api.call<Task>('POST', `/api/products/${id}/tasks`, { title: 'Weld the frame', description })
  return { task, path: `/products/${id}/tasks/${task.id}` }
}

const typedInto = async (page: Page, text: string) => {
  await page.getByRole('button', { name: 'Edit description' }).click()
  await description(page).fill(text)
}

const stored = async (api: Api, path: string) => (await api.call<Task>('GET', `/api${path}`)).description

test('two people at one description: both texts side by side, and both can be kept', async ({ page, browser, request, server }) => {
  const api = await setUp(request, server)
  await api.userCreate(SECOND)
  const { path } = await taskOf(api, 'As agreed.')
  await signIn(page, ADMIN)
  await page.goto(path)
  const other = await otherBrowser(browser, server, SECOND)
  await other.goto(path)
  await typedInto(page, 'As agreed in Bern.')
  await typedInto(other, 'As agreed by mail.')
  await other.getByRole('button', { name: 'Save' }).click()
  await expect(other.getByText('As agreed by mail.')).toBeVisible()
  // The panel has heard of it by now; the version of the save is still the one from when editing began.
  await expect(page.getByText(/changed (just|a few|[0-9])/).first()).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toContainText('Jonas Weber changed this task')
  const clash = page.getByRole('region', { name: 'Description', exact: true }).getByRole('group', { name: 'Changed by both' })
  await expect(clash).toContainText('As agreed by mail.')
  await expect(clash).toContainText('As agreed in Bern.')
  expect(await stored(api, path)).toBe('As agreed by mail.')
  await clash.getByRole('button', { name: 'Keep both' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(description(page)).toHaveCount(0)
  expect(await stored(api, path)).toBe('As agreed by mail.\n\nAs agreed in Bern.')
  await other.context().close()
})

test('two people at one investor: other fields merge, the same field is asked about', async ({ page, browser, request, server }) => {
  const api = await setUp(request, server)
  await api.userCreate(SECOND)
  const { id } = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund', notes: 'Call in May.' })
  const path = `/investors/${id}?edit=true`
  const sheet = (at: Page) => at.getByRole('dialog', { name: 'Edit Northwind Capital' })
  await signIn(page, ADMIN)
  await page.goto(path)
  const other = await otherBrowser(browser, server, SECOND)
  await other.goto(path)
  await sheet(page).getByLabel('Notes').fill('Call in June.')
  await sheet(other).getByLabel('Notes').fill('Never call.')
  await sheet(other).getByLabel('Phone').fill('+41 44 000 00 00')
  await sheet(other).getByRole('button', { name: 'Save' }).click()
  await expect(sheet(other)).toHaveCount(0)
  await sheet(page).getByRole('button', { name: 'Save' }).click()
  await expect(sheet(page).getByRole('alert')).toContainText('Jonas Weber changed this investor')
  await expect(sheet(page).getByLabel('Phone')).toHaveValue('+41 44 000 00 00')
  await sheet(page).getByRole('region', { name: 'Notes' }).getByRole('button', { name: 'Keep yours' }).click()
  await sheet(page).getByRole('button', { name: 'Save' }).click()
  await expect(sheet(page)).toHaveCount(0)
  const now = await api.call<Investor>('GET', `/api/investors/${id}`)
  expect(now).toMatchObject({ notes: 'Call in June.', phone: '+41 44 000 00 00' })
  await other.context().close()
})

test('Escape asks before it closes a filled form, and the draft comes back', async ({ page, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  await page.goto('/investors?create=true')
  const dialog = page.getByRole('dialog', { name: 'New investor' })
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await page.goto('/investors?create=true')
  await dialog.getByLabel('Name').fill('Northwind Capital')
  await page.keyboard.press('Escape')
  await leaving(page).getByRole('button', { name: 'Keep editing' }).click()
  await expect(dialog.getByLabel('Name')).toHaveValue('Northwind Capital')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await leaving(page).getByRole('button', { name: 'Keep draft' }).click()
  await expect(dialog).toHaveCount(0)
  await page.goto('/investors?create=true')
  await expect(dialog.getByText('Your draft')).toBeVisible()
  await expect(dialog.getByLabel('Name')).toHaveValue('Northwind Capital')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  // Nothing was typed since the draft came back, but it would be left unsaved.
  await leaving(page).getByRole('button', { name: 'Discard' }).click()
  await page.goto('/investors?create=true')
  await expect(dialog.getByLabel('Name')).toHaveValue('')
})

test('a comment and a description survive Escape, a crash and another page', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const { path } = await taskOf(api, 'As agreed.')
  await signIn(page, ADMIN)
  await page.goto(path)
  await typedInto(page, 'As agreed in Bern.')
  await page.keyboard.press('Escape')
  await leaving(page).getByRole('button', { name: 'Keep editing' }).click()
  await page.getByRole('textbox', { name: 'Comment' }).fill('Who has the drawings?')
  // A tab that crashes writes nothing more.
  await page.waitForTimeout(600)
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Comment' })).toHaveValue('Who has the drawings?')
  await expect(description(page)).toHaveValue('As agreed in Bern.')
  await page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Overview' }).click()
  await leaving(page).getByRole('button', { name: 'Keep draft' }).click()
  await expect(page).toHaveURL(/\/overview/)
  await page.goto(path)
  await page.getByRole('textbox', { name: 'Comment' }).focus()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('region', { name: 'Comments' }).getByRole('listitem')).toContainText('Who has the drawings?')
  await expect(page.getByRole('textbox', { name: 'Comment' })).toHaveValue('')
})

test('drafts are gone after signing out', async ({ page, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  await page.goto('/investors?create=true')
  await page.getByRole('dialog').getByLabel('Name').fill('Northwind Capital')
  await page.keyboard.press('Escape')
  await leaving(page).getByRole('button', { name: 'Keep draft' }).click()
  const kept = () => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('steward.draft.')).length)
  expect(await kept()).toBe(1)
  await page.getByRole('button', { name: /^Account menu/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login/)
  expect(await kept()).toBe(0)
})

test('an expired session keeps the page, and the save goes on after signing in', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const { id } = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund' })
  await page.clock.install()
  await signIn(page, ADMIN)
  await page.goto(`/investors/${id}?edit=true`)
  const sheet = page.getByRole('dialog', { name: 'Edit Northwind Capital' })
  await sheet.getByLabel('Notes').fill('Call in June.')
  await page.context().clearCookies()
  await page.clock.fastForward(AFTER_EXPIRY)
  const again = page.getByRole('dialog', { name: 'Sign in to continue' })
  await sheet
    .getByRole('button', { name: 'Save' })
    .click({ timeout: 2000 })
    .catch(() => undefined)
  await expect(again).toBeVisible()
  await page.keyboard.press('Escape')
  await again.getByLabel('Password', { exact: true }).fill('not my password')
  await again.getByRole('button', { name: 'Sign in' }).click()
  await expect(again.getByRole('alert')).toBeVisible()
  await again.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await again.getByRole('button', { name: 'Sign in' }).click()
  await expect(again).toHaveCount(0)
  // If Save was reached before the dialog came, the save goes on by itself; otherwise the words are still there to be saved.
  await expect(async () => {
    const save = sheet.getByRole('button', { name: 'Save' })
    if (await save.isVisible()) await save.click({ timeout: 1000 })
    await expect(sheet).toHaveCount(0, { timeout: 1000 })
  }).toPass({ timeout: 15_000 })
  const fresh = await Api.as(request, server, ADMIN)
  expect((await fresh.call<Investor>('GET', `/api/investors/${id}`)).notes).toBe('Call in June.')
})

test('a page that failed while the server was down heals by itself', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  await api.investorCreate({ name: 'Northwind Capital', kind: 'fund' })
  await signIn(page, ADMIN)
  const nav = page.getByRole('navigation', { name: 'Main' }).first()
  await nav.getByRole('link', { name: 'Overview' }).click()
  // The page's code is loaded when the pointer approaches its link; its data isn't.
  const code = page.waitForResponse((response) => response.url().includes('InvestorsPage'))
  await nav.getByRole('link', { name: 'Investors' }).hover()
  await code
  await server.down()
  await nav.getByRole('link', { name: 'Investors' }).click()
  await expect(page.getByText('Can’t reach Steward').first()).toBeVisible({ timeout: 30_000 })
  await server.up()
  await expect(page.getByRole('row', { name: /Northwind Capital/ })).toBeVisible({ timeout: 45_000 })
  await expect(page.getByText('Can’t reach Steward')).toHaveCount(0)
})
