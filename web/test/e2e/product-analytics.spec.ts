import { expect, test, type Page } from '@playwright/test'
import { fakeApi, problem } from '../fake-api'
import { ANALYTICS, cycleOf, flowOf, productFigures } from '../fake-product-analytics'
import { people, productStore } from '../fake-products'

type Overrides = Parameters<typeof fakeApi>[1]
const open = async (page: Page, path = ANALYTICS, overrides: Overrides = {}) => {
  const asked: URL[] = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.pathname.includes('/analytics/')) asked.push(url)
  })
  await fakeApi(page, { ...productFigures(), ...productStore(), ...overrides })
  await page.goto(path)
  return asked
}

test('product analytics take three requests and have tables', async ({ page }) => {
  const asked = await open(page)
  await expect(page.getByRole('heading', { name: 'Cumulative flow' })).toBeVisible()
  const table = page.getByRole('table', { name: 'Tasks by status' })
  await expect(table.getByRole('row')).toHaveCount(14)
  await expect(table.getByRole('columnheader')).toHaveText(['Day', 'Done', 'In review', 'Blocked', 'In progress', 'Open'])
  await expect(page.getByRole('table', { name: 'Lead time' }).getByRole('row')).toHaveCount(13)
  await expect(page.getByRole('table', { name: 'Cycle time' })).toBeAttached()
  await expect(page.getByRole('table', { name: 'Tasks created and done' })).toBeAttached()
  await expect(page.getByRole('table', { name: 'Requirements, total and done' })).toBeAttached()
  await expect(page.getByRole('region', { name: 'Launch' }).getByRole('table', { name: 'Scope of Launch and done tasks' })).toBeAttached()
  const blocked = page.getByRole('table', { name: 'Days in the current status' }).getByRole('row').filter({ hasText: 'Blocked' })
  await expect(blocked.getByRole('cell')).toHaveText(['3', '16.7', '6', '41', '1'])
  await expect(
    page.getByRole('table', { name: 'Work by member' }).getByRole('row').filter({ hasText: 'Tomás Rivera' }).getByRole('cell'),
  ).toHaveText(['34', '182.5', '11', '3', '64'])
  expect(asked.map(({ pathname }) => pathname.split('/').at(-1)).sort()).toEqual(['cycle', 'flow', 'team'])
})

test('tasks over the aging limit link to the task', async ({ page }) => {
  await open(page)
  await expect(page.getByText('4 tasks have been in the same status for more than 14 days.')).toBeVisible()
  const alert = page.getByRole('link', { name: /Radio range test/ })
  await expect(alert).toContainText('41 days')
  await expect(alert).toHaveAttribute('href', new RegExp(`${ANALYTICS.replace('/analytics', '')}/tasks/`))
})

test('member, period and interval are kept in the URL', async ({ page }) => {
  const asked = await open(page)
  await page.getByLabel('Member', { exact: true }).selectOption({ label: 'Yuki Tanaka' })
  await expect(page).toHaveURL(new RegExp(`member=${people.yuki.id}`))
  await page.getByLabel('Period').selectOption({ label: '1 year' })
  await page.getByLabel('Interval').selectOption({ label: 'Months' })
  await expect(page).toHaveURL(/period=d365/)
  await expect(page.getByRole('table', { name: 'Tasks by status' }).getByRole('row')).toHaveCount(14)
  await expect.poll(() => asked.at(-1)?.searchParams.get('interval')).toBe('month')
  const last = asked.at(-1)!.searchParams
  expect(last.get('member_id')).toBe(people.yuki.id)
  expect(Date.parse(last.get('to')!) - Date.parse(last.get('from')!)).toBe(364 * 86_400_000)
  await page.goto(`${ANALYTICS}?period=d9&interval=hour&member=nobody`)
  await expect(page.getByLabel('Member', { exact: true })).toHaveValue('')
  await expect(page.getByLabel('Period')).toHaveValue('d90')
})

test('a failed section is retried while the others stay', async ({ page }) => {
  let broken = true
  await open(page, ANALYTICS, {
    'GET /api/products/[^/]+/analytics/cycle': (request) =>
      broken ? problem(500, 'internal', 'Something went wrong on our side') : { body: cycleOf(request) },
  })
  await expect(page.getByRole('table', { name: 'Tasks by status' })).toBeAttached()
  await expect(page.getByRole('alert').first()).toContainText('Something went wrong on our side')
  broken = false
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await expect(page.getByRole('table', { name: 'Lead time' })).toBeAttached()
})

test('a product without tasks has no empty charts', async ({ page }) => {
  await open(page, ANALYTICS, {
    'GET /api/products/[^/]+/analytics/flow': (request) => {
      const flow = flowOf(request)
      const none = {
        created: 0,
        finished: 0,
        hours: '0',
        open: 0,
        in_progress: 0,
        blocked: 0,
        in_review: 0,
        done: 0,
        requirements: 0,
        requirements_done: 0,
      }
      return { body: { ...flow, milestones: [], points: flow.points.map((point) => ({ ...point, ...none })) } }
    },
  })
  await expect(page.getByRole('heading', { name: 'No data yet' })).toBeVisible()
})
