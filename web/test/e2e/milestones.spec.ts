import { expect, test, type Page } from '@playwright/test'
import { fakeApi, page as listOf, problem } from '../fake-api'
import { milestoneStore } from '../fake-milestones'
import { ORBIT, people, productStore, signedIn } from '../fake-products'

const TAB = `/products/${ORBIT}/milestones`
const card = (page: Page, name: string) => page.getByRole('list', { name: 'Milestones' }).getByRole('listitem').filter({ hasText: name })
const open = async (page: Page, path: string, overrides: Parameters<typeof fakeApi>[1] = {}) => {
  await fakeApi(page, {
    ...overrides,
    ...Object.fromEntries(Object.entries({ ...productStore(), ...milestoneStore() }).filter(([key]) => !(key in overrides))),
  })
  await page.goto(path)
}

test('milestones show progress and why one is at risk', async ({ page }) => {
  await open(page, TAB)
  await expect(card(page, 'Beta with growers')).toContainText('At risk')
  await expect(card(page, 'Beta with growers')).toContainText('More of its time has passed than of its work is done.')
  await expect(page.getByRole('progressbar', { name: 'Progress of Beta with growers' })).toHaveAttribute('aria-valuenow', '29')
  await expect(card(page, 'Alpha in the field')).toContainText('Reached')
  await expect(card(page, 'Launch')).toContainText('No tasks or requirements yet')
})

test('a milestone is created, reached, undone, edited and deleted', async ({ page }) => {
  await open(page, TAB)
  await expect(card(page, 'Launch')).toBeVisible()
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog', { name: 'New milestone' })
  await dialog.getByLabel('Name').fill('Trade fair')
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('Choose a date.')).toBeVisible()
  await dialog.getByLabel('Due on').fill('2027-03-01')
  await page.keyboard.press('Enter')
  await expect(card(page, 'Trade fair')).toContainText('1 Mar 2027')
  await page.getByRole('button', { name: 'Actions for Beta with growers' }).click()
  await page.getByRole('menuitem', { name: 'Mark as reached' }).click()
  await expect(card(page, 'Beta with growers')).toContainText('Reached')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(card(page, 'Beta with growers')).not.toContainText('Reached')
  await page.getByRole('button', { name: 'Actions for Trade fair' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  const panel = page.getByRole('dialog', { name: 'Edit Trade fair' })
  await panel.getByLabel('Name').fill('Agritechnica')
  await panel.getByRole('button', { name: 'Save' }).click()
  await expect(card(page, 'Agritechnica')).toBeVisible()
  await page.getByRole('button', { name: 'Actions for Agritechnica' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete Agritechnica?' }).getByRole('button', { name: 'Delete' }).click()
  await expect(card(page, 'Agritechnica')).toHaveCount(0)
})

test('readers can’t write; empty and failed lists explain themselves', async ({ page }) => {
  let broken = true
  await open(page, TAB, {
    ...signedIn(people.tomas),
    'GET /api/products/([^/]+)/milestones': () => (broken ? problem(500, 'internal', 'Something went wrong on our side') : listOf([])),
  })
  await expect(page.getByRole('alert')).toContainText('Something went wrong on our side')
  broken = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'No milestones yet' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'New milestone' })).toHaveCount(0)
})

test('the roadmap shows all products on one axis', async ({ page }) => {
  await open(page, '/roadmap')
  const orbit = page.getByRole('region', { name: 'Orbit soil sensor' })
  await expect(orbit.getByRole('link', { name: /Beta with growers/ })).toContainText('at risk')
  await expect(page.getByRole('region', { name: 'Field service app' }).getByRole('link', { name: /Offline mode/ })).toBeVisible()
  const places = await orbit.locator('ol a').evaluateAll((links) => links.map((link) => link.getBoundingClientRect().x))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  await orbit.getByRole('link', { name: /Launch/ }).click()
  await expect(page).toHaveURL(new RegExp(`${TAB}$`))
})

test.describe('at phone width', () => {
  test.use({ viewport: { width: 390, height: 844 } })
  test('the roadmap is a list by month', async ({ page }) => {
    await open(page, '/roadmap')
    await expect(page.getByRole('link', { name: /Beta with growers/ })).toContainText('Orbit soil sensor')
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible()
  })
})
