import { expect, test } from '@playwright/test'
import type { Portfolio } from '../../src/api/types'
import { analytics } from '../fake-analytics'
import { fakeApi, problem } from '../fake-api'
import { investorStore } from '../fake-investors'

test('the root path leads to figures that link to lists', async ({ page }) => {
  await fakeApi(page, { ...investorStore(), ...analytics })
  await page.goto('/')
  await expect(page).toHaveURL(/\/overview$/)
  await expect(page.getByText('42 investors')).toBeVisible()
  const tiers = page.getByRole('region', { name: 'By tier', exact: true })
  await expect(tiers.getByRole('listitem')).toHaveCount(5)
  await expect(tiers.getByRole('link', { name: /Gold/ })).toContainText('9')
  await tiers.getByRole('link', { name: /Gold/ }).click()
  await expect(page).toHaveURL(/\/investors\?tier=gold/)
})

test('the chart has a table by day, week and month', async ({ page }) => {
  const asked: string[] = []
  const activity = analytics['GET /api/analytics/activity']
  await fakeApi(page, {
    ...investorStore(),
    ...analytics,
    'GET /api/analytics/activity': (request) => {
      asked.push(request.url.search)
      return activity(request)
    },
  })
  await page.goto('/overview')
  const table = page.getByRole('table', { name: 'Activities by kind' })
  await expect(table.getByRole('rowheader', { name: 'Week of 16 Nov 2026' })).toHaveCount(1)
  await page.getByLabel('Interval').selectOption('Months')
  await expect(page).toHaveURL(/interval=month/)
  await expect(table.getByRole('rowheader').last()).toHaveText('Nov 26')
  expect(asked).toEqual(['?interval=week', '?interval=month'])
})

test('capital is shown per currency, exact and short', async ({ page }) => {
  await fakeApi(page, { ...investorStore(), ...analytics })
  await page.goto('/overview')
  const tiers = page.getByRole('region', { name: 'Committed, by investor tier' })
  await expect(tiers.getByTitle('€6,500,000.00')).toContainText('€6.5m')
  await page.getByLabel('Currency').selectOption('USD')
  await expect(tiers.getByTitle('US$6,500,000.00')).toContainText('US$6.5m')
  await expect(page.getByTitle('US$48,000,000.00')).toHaveText('US$48m')
})

test('the highlighted month goes back, not into the future', async ({ page }) => {
  await page.clock.setFixedTime(new Date('2026-11-21T10:00:00Z'))
  await fakeApi(page, { ...investorStore(), ...analytics })
  await page.goto('/overview')
  await expect(page.getByRole('button', { name: 'Next month' })).toBeDisabled()
  await page.getByRole('button', { name: 'Previous month' }).click()
  await expect(page.getByText('October 2026').first()).toBeVisible()
  await expect(page).toHaveURL(/month=2026-10/)
  await page.getByRole('button', { name: 'Next month' }).click()
  await expect(page).toHaveURL(/\/overview$/)
})

test('three requests load the page; one may fail alone', async ({ page }) => {
  await fakeApi(page, {
    ...investorStore(),
    ...analytics,
    'GET /api/analytics/activity': () => problem(422, 'invalid', 'Not to be counted'),
  })
  const asked = new Set<string>()
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/analytics')) asked.add(pathname)
  })
  await page.goto('/overview')
  await expect(page.getByRole('alert')).toContainText('Not to be counted')
  await expect(page.getByText('42 investors')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Recent' })).toBeVisible()
  expect(asked.size).toBe(3)
})

test('an empty page says what to do first', async ({ page }) => {
  const none = (value: string) => ({ value, count: 0 })
  const empty: Portfolio = { investors: 0, by_tier: [none('gold')], by_status: [none('active')], by_kind: [none('fund')], capital: [] }
  await fakeApi(page, {
    ...investorStore([]),
    ...analytics,
    'GET /api/analytics/portfolio': () => ({ body: empty }),
    'GET /api/analytics/activity': () => ({
      body: { from: '2026-01-01', to: '2026-01-02', interval: 'week', counts: {}, total: 0, points: [] },
    }),
  })
  await page.goto('/overview')
  await expect(page.getByRole('heading', { name: 'No data yet' })).toBeVisible()
  await expect(page.getByRole('main').getByRole('link', { name: 'Import a list' })).toHaveAttribute('href', '/imports/new')
})
