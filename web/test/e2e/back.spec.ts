import { expect, test, type Page } from '@playwright/test'
import { fakeApi, investors, me } from '../fake-api'
import { investorStore } from '../fake-investors'

// Back closes what was opened, and the page below is as it was.

const grid = (page: Page) => page.getByRole('grid', { name: 'Investors' })
const scrolled = (page: Page) => grid(page).evaluate((element) => element.scrollTop)

async function openList(page: Page): Promise<void> {
  await fakeApi(page, investorStore())
  await page.goto('/profile')
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
  await page.goto('/investors?tier=gold')
  await expect(grid(page).getByRole('row').nth(5)).toBeVisible()
  await grid(page).evaluate((element) => element.scrollTo(0, 300))
  await expect.poll(() => scrolled(page)).toBe(300)
}

test('Back closes the panel and keeps filters and scroll', async ({ page }) => {
  await openList(page)
  await grid(page).click({ position: { x: 700, y: 300 } })
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(page).toHaveURL(/investor=/)
  await page.goBack()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page).toHaveURL(/\/investors\?tier=gold$/)
  expect(await scrolled(page)).toBe(300)
})

test('closing the panel is the same step', async ({ page }) => {
  await openList(page)
  await grid(page).click({ position: { x: 700, y: 300 } })
  await expect(page.getByRole('dialog')).toBeVisible()
  // What happens beside the panel stays.
  await grid(page).evaluate((element) => element.scrollTo(0, 400))
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(await scrolled(page)).toBe(400)
  await page.goBack()
  await expect(page).toHaveURL(/\/profile$/)
})

test('a panel that a link opened closes in place', async ({ page }) => {
  await fakeApi(page, investorStore())
  await page.goto(`/investors?tier=gold&investor=${investors[0]?.id}`)
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page).toHaveURL(/\/investors\?tier=gold$/)
})

test('Back from a page returns to where the list was', async ({ page }) => {
  await openList(page)
  await grid(page).click({ position: { x: 700, y: 300 } })
  await page.getByRole('dialog').getByRole('link').first().click()
  await expect(page).toHaveURL(/\/investors\/[0-9a-f-]+/)
  await page.goBack()
  await page.goBack()
  await expect(page).toHaveURL(/\/investors\?tier=gold$/)
  await expect.poll(() => scrolled(page)).toBe(300)
})

test('a new page starts at its top', async ({ page }) => {
  await fakeApi(page)
  await page.setViewportSize({ width: 1000, height: 400 })
  await page.goto('/profile')
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
  const main = page.getByRole('main')
  await main.evaluate((element) => element.scrollTo(0, 300))
  await page.getByRole('link', { name: 'Overview' }).first().click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  expect(await main.evaluate((element) => element.scrollTop)).toBe(0)
  await page.goBack()
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
  await expect.poll(() => main.evaluate((element) => element.scrollTop)).toBe(300)
})

test('the focus returns when the palette closes', async ({ page }) => {
  await fakeApi(page)
  await page.goto('/profile')
  const name = page.getByLabel('Name', { exact: true })
  await name.focus()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Search' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(name).toBeFocused()
  const search = page.getByRole('button', { name: /^Search/ }).first()
  await search.click()
  await expect(page.getByRole('combobox', { name: 'Search' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(search).toBeFocused()
})
