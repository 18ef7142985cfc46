import { expect, test, type Page } from '@playwright/test'
import { fakeApi, page as listOf, problem } from '../fake-api'
import { ORBIT, people, productStore, signedIn } from '../fake-products'

const PAGE = `/products/${ORBIT}`
const grid = (page: Page) => page.getByRole('grid', { name: 'Products' })
const row = (page: Page, name: string) => grid(page).getByRole('row').filter({ hasText: name })
const tabs = (page: Page) => page.getByRole('navigation', { name: 'Sections of this product' }).getByRole('link')
const open = async (page: Page, path: string, overrides: Parameters<typeof fakeApi>[1] = {}) => {
  await fakeApi(page, { ...overrides, ...Object.fromEntries(Object.entries(productStore()).filter(([key]) => !(key in overrides))) })
  await page.goto(path)
}

test('products are listed with filters in the URL', async ({ page }) => {
  await open(page, '/products')
  await expect(row(page, 'Orbit soil sensor')).toContainText('ORB')
  await expect(row(page, 'Orbit soil sensor')).toContainText('3 members')
  await expect(row(page, 'Orbit prototype')).toHaveCount(0)
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Status' }).click()
  await page.getByRole('menuitemradio', { name: 'Archived' }).click()
  await expect(page).toHaveURL(/status=archived/)
  await expect(row(page, 'Orbit prototype')).toBeVisible()
  await page.goto(`/products?owner=${people.lena.id}&status=launched`)
  await expect(page.getByRole('heading', { name: 'No matching products' })).toBeVisible()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(page).toHaveURL(/\/products$/)
})

test('an empty list offers a first product; errors retry', async ({ page }) => {
  let broken = true
  await open(page, '/products', {
    'GET /api/products': () => (broken ? problem(500, 'internal', 'Something went wrong on our side') : listOf([])),
  })
  await expect(page.getByRole('alert')).toContainText('Something went wrong on our side')
  broken = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'No products yet' })).toBeVisible()
})

test('a product is created by keyboard, key from its name', async ({ page }) => {
  await open(page, '/products')
  await expect(row(page, 'Orbit soil sensor')).toBeVisible()
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog', { name: 'New product' })
  await dialog.getByLabel('Name').fill('Harvest Unit B')
  await expect(dialog.getByLabel('Key')).toHaveValue('HUB')
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('Another product already uses this key.')).toBeVisible()
  await expect(dialog.getByLabel('Key')).toBeFocused()
  await dialog.getByLabel('Key').fill('hvb')
  await dialog.getByLabel('Name').fill('Harvest Unit')
  await expect(dialog.getByLabel('Key')).toHaveValue('HVB')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Harvest Unit', level: 1 })).toBeVisible()
})

test('a product page describes it; a missing one says so', async ({ page }) => {
  await open(page, PAGE)
  await expect(page.getByRole('heading', { name: 'Orbit soil sensor', level: 1 })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Who it is for' })).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'Tomás Rivera' })).toContainText('Engineer')
  await expect(page.getByLabel('Open work')).toContainText('Overdue')
  await expect(page).toHaveTitle('Orbit soil sensor · Products · Steward')
  await page.goto('/products/0199f000-0000-7000-8000-00000000efff')
  await expect(page.getByRole('heading', { name: 'Product not found' })).toBeVisible()
})

test('items beside check boxes keep their bullets, and footnotes lead there and back', async ({ page }) => {
  const description = '- [x] Housing\n- Sensor\n\n1. [ ] First\n\nRange[^r] of ~2 km.\n\n[^r]: In open country.'
  const product = productStore()['GET /api/products/([^/]+)']
  await fakeApi(page, {
    ...productStore(),
    'GET /api/products/([^/]+)': (request) => {
      const answer = product(request)
      return { ...answer, body: { ...(answer.body as object), description } }
    },
  })
  await page.goto(PAGE)
  const item = (text: string) => page.locator('.markdown li').filter({ hasText: text })
  const bullet = (text: string) => item(text).evaluate((one) => getComputedStyle(one).listStyleType)
  await expect(item('Sensor')).toBeVisible()
  expect([await bullet('Housing'), await bullet('Sensor'), await bullet('First')]).toEqual(['none', 'disc', 'none'])
  // A check box stands where the bullets do, and its text lines up with the others.
  const left = (text: string) => item(text).evaluate((one) => one.getBoundingClientRect().left)
  expect(await left('Housing')).toBe(await left('Sensor'))
  await page.locator('.markdown sup a').click()
  await expect(item('In open country')).toBeFocused()
  await page.getByRole('link', { name: 'Back to reference 1' }).click()
  await expect(page.locator('.markdown sup a')).toBeFocused()
  expect(page.url()).not.toContain('#')
})

test('the team grows, changes and shrinks, with undo', async ({ page }) => {
  await open(page, `${PAGE}/team`)
  const members = page.getByRole('list', { name: 'Team' }).getByRole('listitem')
  await expect(members).toHaveCount(4)
  await expect(members.filter({ hasText: 'Tomás' })).toContainText('3 overdue')
  await page.getByLabel('Person').click()
  await page.getByRole('combobox', { name: 'Choose a person' }).fill('pri')
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Role', exact: true }).selectOption('Tester')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(members.filter({ hasText: 'Priya Raman' })).toBeVisible()
  await page.getByLabel('Role of Priya Raman').selectOption('Marketing')
  await expect(page.getByText('Priya Raman: Marketing')).toBeVisible()
  await page.getByRole('button', { name: 'Remove Tomás Rivera' }).click()
  await expect(members.filter({ hasText: 'Tomás' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect(members.filter({ hasText: 'Tomás' })).toBeVisible()
})

test('settings send edits on top of a newer version', async ({ page }) => {
  let stale = true
  const sent: unknown[] = []
  const store = productStore()
  await open(page, `${PAGE}/settings`, {
    ...store,
    'PATCH /api/products/([^/]+)': (request) => {
      sent.push(request.body)
      if (!stale) return store['PATCH /api/products/([^/]+)'](request)
      stale = false
      store['PATCH /api/products/([^/]+)']({ ...request, body: { name: 'Orbit 2' } })
      return problem(412, 'stale_version', 'Someone else changed it')
    },
  })
  const save = page.getByRole('button', { name: 'Save' })
  await expect(save).toBeDisabled()
  await page.getByLabel('In review').fill('2.5')
  await save.click()
  await expect(page.getByText('Enter a whole number from 1 to 1000.')).toBeVisible()
  await page.getByLabel('In review').fill('2')
  await save.click()
  await expect(page.getByText('Orbit 2 saved')).toBeVisible()
  await expect(page.getByLabel('Name')).toHaveValue('Orbit 2')
  await expect(page.getByLabel('In review')).toHaveValue('2')
  expect(sent.at(-1)).toEqual({ wip_limits: { open: null, in_progress: 4, blocked: null, in_review: 2 } })
})

test('an archived product is closed until it is reopened', async ({ page }) => {
  await open(page, PAGE)
  await page.getByRole('button', { name: 'Actions for this product' }).click()
  await page.getByRole('menuitem', { name: 'Archive' }).click()
  await expect(page.getByText('This product is archived')).toBeVisible()
  await expect(tabs(page).filter({ hasText: 'Settings' })).toHaveCount(0)
  await page.getByRole('link', { name: 'Team' }).first().click()
  await expect(page.getByLabel('Person')).toHaveCount(0)
  await page.getByRole('button', { name: 'Reopen' }).click()
  await expect(page.getByLabel('Person')).toBeVisible()
})

test('a deletion is confirmed by typing and shows progress', async ({ page }) => {
  await open(page, PAGE)
  await page.getByRole('button', { name: 'Actions for this product' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Orbit soil sensor?' })
  await dialog.getByRole('button', { name: 'Delete permanently' }).click()
  await expect(dialog.getByText('Type ORB.')).toBeVisible()
  await dialog.getByLabel('Type ORB to confirm').fill('orb')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/4,210 items removed so far/)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Orbit soil sensor deleted' })).toBeVisible({ timeout: 15_000 })
  await page.getByRole('link', { name: 'All products' }).click()
  await expect(row(page, 'Field service app')).toBeVisible()
  await expect(row(page, 'Orbit soil sensor')).toHaveCount(0)
})

test('a manager changes own products and reads others', async ({ page }) => {
  await open(page, PAGE, signedIn(people.lena))
  await expect(page.getByRole('heading', { name: 'Orbit soil sensor', level: 1 })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Actions for this product' })).toHaveCount(0)
  await expect(tabs(page).filter({ hasText: 'Settings' })).toHaveCount(0)
  await page.goto('/products/0199f000-0000-7000-8000-00000000e002/settings')
  await expect(page.getByLabel('Name')).toHaveValue('Field service app')
  await expect(page.getByLabel('Owner')).toHaveCount(0)
})

test('a team member sees products and nothing of investors', async ({ page }) => {
  await open(page, '/products', signedIn(people.tomas))
  const nav = page.getByRole('navigation', { name: 'Main' }).first().getByRole('link')
  await expect(nav.filter({ hasText: 'Products' })).toBeVisible()
  await expect(nav.filter({ hasText: /Investors|Reminders|Imports|Users|Audit/ })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'New product' })).toHaveCount(0)
  await row(page, 'Orbit soil sensor').click()
  await expect(page.getByText('Lena Hartmann')).toBeVisible()
})

test.describe('at phone width', () => {
  test.use({ viewport: { width: 390, height: 844 } })
  test('both workspaces are in the bar, the rest behind More', async ({ page }) => {
    await open(page, '/products')
    const bar = page.getByRole('navigation', { name: 'Main' }).last()
    await expect(bar.getByRole('link', { name: 'Investors' })).toBeVisible()
    await expect(bar.getByRole('link', { name: 'Products' })).toBeVisible()
    await bar.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Users' }).click()
    await expect(page).toHaveURL(/\/users/)
  })
})
