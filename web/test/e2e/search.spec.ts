import { expect, test } from '@playwright/test'
import { analytics } from '../fake-analytics'
import { fakeApi, me, problem } from '../fake-api'
import { investorStore } from '../fake-investors'

test('an investor is found and opened by keyboard alone', async ({ page }) => {
  await fakeApi(page, { ...investorStore(), ...analytics })
  await page.goto('/profile')
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
  await page.keyboard.press('/')
  const box = page.getByRole('combobox', { name: 'Search' })
  await expect(box).toBeFocused()
  await page.keyboard.type('aurel')
  const first = page.getByRole('option', { name: /Aurelia Partners/ }).first()
  await expect(first).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/investors\/0199f000/)
  await expect(page.getByRole('heading', { name: /Aurelia Partners/, level: 1 })).toBeVisible()
})

test('commands navigate, and Escape closes', async ({ page }) => {
  await fakeApi(page, { ...investorStore(), ...analytics })
  await page.goto('/profile')
  await expect(page.getByRole('heading', { name: me.name })).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('go inv')
  await expect(page.getByRole('option', { name: 'Go to Investors' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('combobox', { name: 'Search' })).toHaveCount(0)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('new')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.getByRole('option', { name: 'New investor' }).click()
  await expect(page.getByRole('dialog', { name: 'New investor' })).toBeVisible()
})

test('people appear if permitted; no results are reported', async ({ page }) => {
  await fakeApi(page, { ...investorStore(), ...analytics })
  await page.goto('/profile')
  await page.getByRole('button', { name: 'Search' }).first().click()
  const box = page.getByRole('combobox', { name: 'Search' })
  await box.fill(me.name.slice(0, 3))
  await expect(page.getByRole('group', { name: 'People' }).getByRole('option')).toHaveCount(1)
  await box.fill('zzzz')
  await expect(page.getByText('No results.')).toBeVisible()
})

test('a failed search says so; typing is debounced', async ({ page }) => {
  let asked = 0
  await fakeApi(page, {
    ...investorStore(),
    ...analytics,
    'GET /api/search': () => {
      asked += 1
      return problem(422, 'invalid', 'No')
    },
  })
  await page.goto('/profile')
  await page.getByRole('button', { name: 'Search' }).first().click()
  await page.getByRole('combobox', { name: 'Search' }).pressSequentially('aurelia', { delay: 10 })
  await expect(page.getByText('Search failed.', { exact: false })).toBeVisible()
  expect(asked).toBeLessThan(4)
})
