import { expect, test, type Page } from '@playwright/test'
import { analystOnly, overviewStore, relationshipManager } from '../fake-overview'
import { fakeApi, me, notifications, page as listOf, problem } from '../fake-api'
import { ORBIT, people, products, signedIn } from '../fake-products'
import { someTasks, taskId } from '../fake-task-data'
import { taskStore } from '../fake-tasks'

type Overrides = Parameters<typeof fakeApi>[1]

/** Opens the root path; returns the requested paths. */
async function open(page: Page, overrides: Overrides = {}, selfId = me.id) {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/')) asked.push(pathname)
  })
  const { tasks, handlers } = overviewStore(selfId)
  const rest = Object.fromEntries(Object.entries(handlers).filter(([key]) => !(key in overrides)))
  const fake = await fakeApi(page, { ...overrides, ...rest })
  await page.goto('/')
  await expect(page).toHaveURL(/\/overview$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  return { asked, tasks, ...fake }
}

const part = (page: Page, title: string) =>
  page
    .locator('section')
    .filter({ has: page.getByRole('heading', { level: 2, name: title, exact: true }) })
    .last()
const band = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const column = (page: Page, name: string) =>
  page
    .getByRole('list', { name: 'Columns' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { level: 3, name, exact: true }) })
    .first()

test('an admin sees due items, notifications and both workspaces', async ({ page }) => {
  const { asked } = await open(page)
  await expect(part(page, 'Due today').getByRole('link', { name: 'Ask for the tax certificate' })).toBeVisible()
  await expect(part(page, 'Due today').getByRole('link', { name: 'Calibrate against three soil types' })).toHaveAttribute('href', /task=/)
  await expect(part(page, 'Notifications')).toContainText('Helvetia Family Office was assigned to you')
  await expect(part(page, 'Notifications')).not.toContainText('sp500')
  await expect(column(page, 'In review')).toContainText('5 / 6')
  await expect(column(page, 'Open').getByRole('link').first()).toHaveAttribute('href', new RegExp(`/products/${ORBIT}/board\\?task=`))
  await expect(page.getByRole('table', { name: 'Tasks by status' })).toBeAttached()
  await expect(page.getByRole('table', { name: 'Tasks created and done' })).toBeAttached()
  await expect(page.getByText('4 tasks have been in the same status for more than 14 days.')).toBeVisible()
  await expect(part(page, 'Milestones').getByRole('link', { name: /Prototype on tablets/ })).toContainText('Its due date has passed.')
  await expect(band(page, 'Investors')).toContainText('42 investors')
  const ofProducts = asked.filter((path) => /products|roadmap/.test(path)).map((path) => path.replace(ORBIT, 'ORBIT'))
  expect([...new Set(ofProducts)].sort()).toEqual([
    '/api/products/ORBIT/analytics/cycle',
    '/api/products/ORBIT/analytics/flow',
    '/api/products/ORBIT/board',
    '/api/roadmap',
  ])
  expect(ofProducts).toHaveLength(4)
})

test('the selected product is kept in the URL', async ({ page }) => {
  const { asked } = await open(page)
  const choice = page.getByLabel('Product', { exact: true })
  await expect(choice).toHaveValue(ORBIT)
  await choice.selectOption({ label: 'FSA · Field service app' })
  await expect(page).toHaveURL(new RegExp(`product=${products[1]!.id}`))
  await expect.poll(() => asked).toContain(`/api/products/${products[1]!.id}/board`)
  await page.reload()
  await expect(choice).toHaveValue(products[1]!.id)
  await page.goto('/overview?product=nonsense')
  await expect(choice).toHaveValue(ORBIT)
})

test('a reminder is ticked off and a notification read', async ({ page }) => {
  const read: string[] = []
  const unread = () => notifications.filter((one) => !one.read_at && !read.includes(one.id))
  await open(page, {
    'GET /api/notifications': () => listOf(unread(), { unread_count: unread().length }),
    'POST /api/notifications/read': ({ body }) => {
      read.push(...(body as { ids: string[] }).ids)
      return { body: { unread_count: unread().length } }
    },
  })
  await page.getByRole('button', { name: 'Done: Ask for the tax certificate' }).click()
  await expect(page.getByRole('link', { name: 'Ask for the tax certificate' })).toHaveCount(0)
  const news = part(page, 'Notifications')
  await news.getByRole('listitem').filter({ hasText: 'Helvetia' }).hover()
  await news.getByRole('listitem').filter({ hasText: 'Helvetia' }).getByRole('button', { name: 'Mark as read' }).click()
  await expect(news.getByText('Helvetia Family Office was assigned to you')).toHaveCount(0)
  await expect(news).toContainText('1 unread')
  await expect(news).toContainText('New meeting with Northwind Capital')
  expect(read).toEqual([notifications[1]!.id])
})

test('upcoming items fill a short list of due items', async ({ page }) => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const [first, second] = someTasks(2)
  const { handlers } = taskStore(
    [
      { ...first!, due_on: day(3) },
      { ...second!, due_on: day(30) },
    ].map((task) => ({ ...task, assignee_id: me.id, status: 'open' as const })),
  )
  await open(page, { ...handlers, 'GET /api/reminders': () => listOf([]) })
  await expect(part(page, 'Due today').getByText('Nothing is due today.')).toBeVisible()
  await expect(part(page, 'Due today').getByRole('heading', { name: 'Coming up' })).toBeVisible()
  await expect(part(page, 'Due today').getByRole('link', { name: first!.title })).toBeVisible()
  await expect(part(page, 'Due today').getByRole('link', { name: second!.title })).toHaveCount(0)
})

test('other users’ board changes arrive', async ({ page }) => {
  const { tasks, tell } = await open(page)
  await expect(column(page, 'Open').getByRole('link', { name: 'Waterproof the probe housing', exact: true })).toBeVisible()
  tasks.moveAsOther(taskId(1), 'blocked')
  tell(tasks.changed(taskId(1), 'task_move'))
  await expect(column(page, 'Blocked').getByRole('link', { name: 'Waterproof the probe housing', exact: true })).toBeVisible()
})

test('a task is finished in place and undone', async ({ page }) => {
  const { tasks } = await open(page)
  const row = part(page, 'Due today').getByRole('link', { name: 'Calibrate against three soil types' })
  await page.getByRole('button', { name: 'Done: Calibrate against three soil types' }).click()
  await expect(row).toHaveCount(0)
  await expect(column(page, 'Done').getByRole('link').first()).toHaveText('Calibrate against three soil types')
  expect(tasks.find(taskId(3))?.status).toBe('done')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row).toBeVisible()
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('Change to ORB-3 undone')
})

test('a task changed by someone else reappears unfinished', async ({ page }) => {
  await open(page, { 'PATCH /api/products/[^/]+/tasks/([^/]+)': () => problem(412, 'stale_version', 'Someone else changed it') })
  await page.getByRole('button', { name: 'Done: Calibrate against three soil types' }).click()
  await expect(page.getByRole('region', { name: 'Messages' }).getByRole('alert')).toContainText('Couldn’t finish ORB-3')
  await expect(part(page, 'Due today').getByRole('link', { name: 'Calibrate against three soil types' })).toBeVisible()
})

test('a relationship manager requests nothing about products', async ({ page }) => {
  const { asked } = await open(page, relationshipManager)
  await expect(part(page, 'Due today').getByRole('link', { name: 'Ask for the tax certificate' })).toBeVisible()
  await expect(band(page, 'Investors')).toContainText('42 investors')
  await expect(band(page, 'Products')).toHaveCount(0)
  expect(asked.filter((path) => /products|roadmap|tasks/.test(path))).toEqual([])
})

test('an analyst has analytics and notifications, but no due items', async ({ page }) => {
  const { asked } = await open(page, analystOnly)
  await expect(band(page, 'Investors')).toContainText('42 investors')
  await expect(part(page, 'Notifications')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Due today' })).toHaveCount(0)
  await expect(band(page, 'Products')).toHaveCount(0)
  expect(asked.filter((path) => /products|roadmap|tasks|reminders/.test(path))).toEqual([])
})

test('a manager sees products and nothing of investors', async ({ page }) => {
  const { asked } = await open(page, signedIn(people.lena), people.lena.id)
  await expect(page.getByRole('list', { name: 'Columns' }).getByRole('heading', { level: 3 })).toHaveText([
    'Open',
    'In progress',
    'Blocked',
    'In review',
    'Done',
  ])
  await expect(page.getByRole('link', { name: 'Full board' })).toBeVisible()
  await expect(page.getByRole('table', { name: 'Tasks by status' })).toBeAttached()
  await expect(page.getByRole('heading', { name: 'My board' })).toHaveCount(0)
  await expect(band(page, 'Investors')).toHaveCount(0)
  expect(asked.filter((path) => /investors|reminders|^\/api\/analytics/.test(path))).toEqual([])
})

test('a team member has a board of their own tasks', async ({ page }) => {
  const { asked } = await open(page, signedIn(people.tomas), people.tomas.id)
  await expect(page.getByRole('list', { name: 'Columns' }).getByRole('heading', { level: 3 })).toHaveText([
    'Open',
    'In progress',
    'Blocked',
    'In review',
  ])
  await expect(page.getByRole('heading', { name: 'My board' })).toBeVisible()
  await expect(column(page, 'Open').getByRole('link').first()).toHaveAttribute('href', /\/tasks\?task=/)
  await expect(page.getByRole('link', { name: 'Full board' })).toHaveCount(0)
  await expect(page.getByRole('table', { name: 'Tasks by status' })).toBeAttached()
  await expect(band(page, 'Investors')).toHaveCount(0)
  expect(asked.filter((path) => /investors|reminders|users|board|^\/api\/analytics/.test(path))).toEqual([])
  await column(page, 'Open').getByRole('link').first().click()
  await expect(page).toHaveURL(/\/tasks\?task=/)
})

test('users without products are told what to do next', async ({ page }) => {
  const nothing = { 'GET /api/roadmap': () => listOf([]), 'GET /api/tasks': () => listOf([]) }
  await open(page, { ...signedIn(people.tomas), ...nothing })
  await expect(page.getByText('Nothing is due today.')).toBeVisible()
  await expect(page.getByText('once someone adds you to their team')).toBeVisible()
  await expect(page.getByRole('main').getByRole('link', { name: 'New product' })).toHaveCount(0)
})

test('an empty company is led to its first entries', async ({ page }) => {
  await open(page, {
    'GET /api/roadmap': () => listOf([]),
    'GET /api/tasks': () => listOf([]),
    'GET /api/reminders': () => listOf([]),
    'GET /api/notifications': () => listOf([], { unread_count: 0 }),
    'GET /api/notifications/unread-count': () => ({ body: { unread_count: 0 } }),
    'GET /api/analytics/portfolio': () => ({ body: { investors: 0, by_tier: [], by_status: [], by_kind: [], capital: [] } }),
    'GET /api/analytics/activity': () => ({
      body: { from: '2026-01-01', to: '2026-01-02', interval: 'week', counts: {}, total: 0, points: [] },
    }),
  })
  await expect(page.getByText('Nothing is due today.')).toBeVisible()
  await expect(page.getByText('You’re all caught up.')).toBeVisible()
  await expect(page.getByRole('main').getByRole('link', { name: 'New product' })).toHaveAttribute('href', /create=true/)
  await expect(page.getByRole('main').getByRole('link', { name: 'New investor' })).toBeVisible()
})

test('a user without permissions still has a page', async ({ page }) => {
  await open(page, signedIn({ ...people.yuki, roles: [] }, []))
  await expect(part(page, 'Notifications')).toBeVisible()
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Notifications'])
})

test('a failed section is retried while the others stay', async ({ page }) => {
  let broken = true
  const { tasks } = overviewStore()
  await open(page, {
    'GET /api/tasks': () => (broken ? problem(422, 'invalid', 'Not to be read') : tasks.handlers['GET /api/tasks']()),
    'GET /api/products/[^/]+/board': (request) =>
      broken ? problem(422, 'invalid', 'Not to be drawn') : tasks.handlers['GET /api/products/[^/]+/board'](request),
  } as Overrides)
  await expect(part(page, 'Due today').getByRole('alert')).toContainText('Couldn’t load your tasks: Not to be read')
  await expect(part(page, 'Due today').getByRole('link', { name: 'Ask for the tax certificate' })).toBeVisible()
  await expect(part(page, 'Board').getByRole('alert')).toContainText('Not to be drawn')
  broken = false
  await part(page, 'Due today').getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('link', { name: 'Calibrate against three soil types' }).first()).toBeVisible()
  await part(page, 'Board').getByRole('button', { name: 'Try again' }).click()
  await expect(column(page, 'Open')).toBeVisible()
})

test.describe('at phone width', () => {
  test.use({ viewport: { width: 390, height: 844 } })
  for (const [who, overrides, selfId] of [
    ['an admin', {}, me.id],
    ['a team member', signedIn(people.tomas), people.tomas.id],
  ] as const) {
    test(`the page of ${who} fits and its board scrolls sideways`, async ({ page }) => {
      await open(page, overrides, selfId)
      await expect(column(page, 'Open')).toBeVisible()
      await expect(page.getByRole('table', { name: 'Tasks by status' })).toBeAttached()
      expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.getElementById('main')?.scrollWidth])).toEqual([
        390, 390,
      ])
      const strip = page.getByRole('list', { name: 'Columns' })
      expect(await strip.evaluate((box) => box.scrollWidth > box.clientWidth)).toBe(true)
    })
  }
})
