import type { Page } from '@playwright/test'
import type { Product, Requirement, Task, User } from '../../src/api/types'
import { distant } from './distant'
import { ADMIN, Api, expect, otherBrowser, setUp, signIn, test, watch } from './steward'

// The products workspace with several users: changes are visible to members, and hidden from everyone else.

const MEMBER = {
  username: 'yuki',
  name: 'Yuki Mori',
  email: 'yuki@steward.example',
  password: 'copper lantern field',
  roles: ['team_member' as const],
}

const board = (productId: string) => `/products/${productId}/board`
const column = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const card = (page: Page, name: string, title: string) => column(page, name).locator('article').filter({ hasText: title })
const live = (page: Page) => page.getByRole('status').filter({ hasText: /Live|Reconnecting/ })

/** Live events received by a page from the next load on. */
function heard(page: Page): string[] {
  const frames: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(payload.toString())))
  return frames
}

async function productCreate(api: Api, key: string, name: string, ...members: User[]): Promise<Product> {
  let product = await api.call<Product>('POST', '/api/products', { key, name, status: 'active' })
  for (const { id } of members)
    product = await api.call(
      'PUT',
      `/api/products/${product.id}/members/${id}`,
      { role: 'engineer' },
      { 'if-match': `"${product.version}"` },
    )
  return product
}

const taskCreate = (api: Api, { id }: Product, task: object) => api.call<Task>('POST', `/api/products/${id}/tasks`, task)

async function moveBy(page: Page, reference: string, to: string): Promise<void> {
  const article = page.locator('article').filter({ has: page.getByText(reference, { exact: true }) })
  await article.hover()
  await article.getByRole('button', { name: `Move ${reference}` }).click()
  await page.getByRole('menuitem', { name: to, exact: true }).click()
}

test('a card moves on two screens at once', async ({ page, browser, request, server }) => {
  const api = await setUp(request, server)
  const yuki = await api.userCreate(MEMBER)
  await signIn(page, ADMIN)

  await page.goto('/products?create=true')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Orbit')
  await dialog.getByLabel('Key').fill('ORB')
  await dialog.getByRole('button', { name: 'Create product' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Orbit' })).toBeVisible()
  const productId = new URL(page.url()).pathname.split('/')[2] ?? ''

  await page.goto(`/products/${productId}/requirements?create=true`)
  await dialog.getByLabel('Title').fill('Holds 5 kN')
  await dialog.getByRole('button', { name: 'Create requirement' }).click()
  await expect(page.getByText('ORB-R1').first()).toBeVisible()

  await page.goto(`${board(productId)}?create=open`)
  await dialog.getByLabel('Title').fill('Weld the frame')
  await dialog.getByLabel('Requirement').click()
  await page.getByRole('option', { name: /Holds 5 kN/ }).click()
  await dialog.getByRole('button', { name: 'Create task' }).click()
  await expect(card(page, 'Open', 'Weld the frame')).toBeVisible()

  const requirement = (await api.call<{ items: Requirement[] }>('GET', `/api/products/${productId}/requirements`)).items[0]
  const task = (await api.call<{ items: Task[] }>('GET', `/api/products/${productId}/tasks`)).items[0]
  expect(task?.requirement_id).toBe(requirement?.id)

  const { version } = await api.call<Product>('GET', `/api/products/${productId}`)
  await api.call('PUT', `/api/products/${productId}/members/${yuki.id}`, { role: 'engineer' }, { 'if-match': `"${version}"` })
  const other = await otherBrowser(browser, server, MEMBER)
  const refused: string[] = []
  watch(other, refused)
  await other.goto(board(productId))
  await expect(card(other, 'Open', 'Weld the frame')).toBeVisible()
  await expect(live(other)).toHaveText('Live')

  await moveBy(page, 'ORB-1', 'In progress')
  await expect(card(page, 'In progress', 'Weld the frame')).toBeVisible()
  await expect(card(other, 'In progress', 'Weld the frame')).toBeVisible()
  await expect(card(other, 'Open', 'Weld the frame')).toHaveCount(0)

  // New tasks also appear by themselves.
  await taskCreate(api, { id: productId } as Product, { title: 'Paint the frame' })
  await expect(card(other, 'Open', 'Paint the frame')).toBeVisible()
  await page.reload()
  await expect(card(page, 'In progress', 'Weld the frame')).toBeVisible()
  expect(refused).toEqual([])
  await other.context().close()
})

test('a team member reaches only products they belong to', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const yuki = await api.userCreate(MEMBER)
  const orbit = await productCreate(api, 'ORB', 'Orbit', yuki)
  const secret = await productCreate(api, 'SEC', 'Secret')
  await taskCreate(api, orbit, { title: 'Weld the frame', assignee_id: yuki.id })
  await taskCreate(api, orbit, { title: 'Paint the frame' })
  const hidden = await taskCreate(api, secret, { title: 'Nobody knows of this', assignee_id: null })
  await signIn(page, MEMBER)

  await page.goto('/products')
  await expect(page.getByRole('row', { name: /Orbit/ })).toBeVisible()
  await expect(page.getByText('Secret')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'New product' })).toHaveCount(0)

  for (const path of [`/products/${secret.id}`, board(secret.id), `/products/${secret.id}/tasks/${hidden.id}`]) {
    await page.goto(path)
    await expect(page.getByRole('heading', { name: 'Product not found' })).toBeVisible()
    await expect(page.getByText('Nobody knows of this')).toHaveCount(0)
  }

  await page.goto(board(orbit.id))
  await expect(page.getByRole('navigation', { name: 'Sections of this product' }).getByRole('link', { name: 'Settings' })).toHaveCount(0)
  await expect(card(page, 'Open', 'Paint the frame')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Move ORB-2' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^New task/ })).toHaveCount(0)
  await moveBy(page, 'ORB-1', 'In progress')
  await expect(card(page, 'In progress', 'Weld the frame')).toBeVisible()
  await page.reload()
  await expect(card(page, 'In progress', 'Weld the frame')).toBeVisible()

  await page.goto('/tasks')
  await expect(page.getByRole('main').getByText('Weld the frame')).toBeVisible()
  await expect(page.getByRole('main').getByText('Paint the frame')).toHaveCount(0)
  // Actions the page doesn't offer are refused by the API as well.
  await page.goto('/investors')
  await expect(page.getByRole('alert')).toBeVisible()
})

test('a move just before a reload is kept', async ({ browser, request, server }) => {
  const api = await setUp(request, server)
  const orbit = await productCreate(api, 'ORB', 'Orbit')
  await taskCreate(api, orbit, { title: 'Weld the frame' })
  // The page closes before the move has reached the server.
  const way = await distant(server, /^POST \S+\/move /, 1500)
  const page = await otherBrowser(browser, way, ADMIN)
  await page.goto(board(orbit.id))
  for (const column of ['In progress', 'Blocked']) {
    await expect(live(page)).toHaveText('Live')
    await moveBy(page, 'ORB-1', column)
    await page.reload()
    await expect(card(page, column, 'Weld the frame')).toBeVisible()
  }
  await page.context().close()
  way.end()
})

test('a removed member gets no more events or access', async ({ page, browser, request, server }) => {
  const api = await setUp(request, server)
  const yuki = await api.userCreate(MEMBER)
  const orbit = await productCreate(api, 'ORB', 'Orbit', yuki)
  const task = await taskCreate(api, orbit, { title: 'Weld the frame' })
  await signIn(page, ADMIN)
  await page.goto(board(orbit.id))
  const other = await otherBrowser(browser, server, MEMBER)
  const frames = heard(other)
  await other.goto(board(orbit.id))
  await expect(card(other, 'Open', 'Weld the frame')).toBeVisible()
  await expect(live(other)).toHaveText('Live')

  await moveBy(page, task.reference, 'In progress')
  await expect(card(other, 'In progress', 'Weld the frame')).toBeVisible()
  const tellsOf = (frame: string) => frame.includes(task.id)
  expect(frames.filter(tellsOf).length).toBeGreaterThan(0)

  await page.goto(`/products/${orbit.id}/team`)
  const { version } = await api.call<Product>('GET', `/api/products/${orbit.id}`)
  await api.call('DELETE', `/api/products/${orbit.id}/members/${yuki.id}`, undefined, { 'if-match': `"${version}"` })
  await expect(other.getByRole('heading', { name: 'Product not found' })).toBeVisible()
  await expect(other.locator('article')).toHaveCount(0)
  await expect(page.getByRole('main').getByText(MEMBER.name)).toHaveCount(0)

  const before = frames.filter(tellsOf).length
  await page.goto(board(orbit.id))
  await moveBy(page, task.reference, 'Blocked')
  await expect(card(page, 'Blocked', 'Weld the frame')).toBeVisible()
  // A permitted event is sent after the forbidden one: if the latter were delivered, it would have arrived by then.
  const again = await productCreate(api, 'NEW', 'Newer', yuki)
  await expect.poll(() => frames.some((frame) => frame.includes(again.id))).toBe(true)
  expect(frames.filter(tellsOf).length).toBe(before)
  await expect(live(other)).toHaveText('Live')
  await other.context().close()
})

test('a rule created on the page acts live', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const yuki = await api.userCreate(MEMBER)
  const orbit = await productCreate(api, 'ORB', 'Orbit', yuki)
  const task = await taskCreate(api, orbit, { title: 'Weld the frame', assignee_id: yuki.id })
  await signIn(page, ADMIN)

  await page.goto(`/products/${orbit.id}/rules?create=true`)
  const panel = page.getByRole('dialog', { name: 'New rule' })
  await panel.getByLabel('Name', { exact: true }).fill('Blocked work alert')
  await panel.getByLabel('If it becomes').selectOption('Blocked')
  await panel.getByLabel('Recipient').selectOption('the product owner')
  await panel.getByLabel('Message').fill('Who can help?')
  await panel.getByRole('button', { name: 'Add action' }).click()
  const second = panel.getByRole('listitem', { name: 'Action 2' })
  await second.getByLabel('And').selectOption('set the priority to')
  await second.getByLabel('Priority').selectOption('Critical')
  await panel.getByRole('button', { name: 'Create rule' }).click()
  await expect(
    page.getByText('When a task becomes Blocked, then notify the product owner: “Who can help?” and set its priority to Critical.'),
  ).toBeVisible()

  await page.goto('/')
  await expect(page).toHaveURL(/\/overview$/)
  const blocked = page
    .getByRole('list', { name: 'Columns' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'Blocked', exact: true }) })
    .first()
  await expect(blocked).toContainText('None')
  await expect(live(page)).toHaveText('Live')

  const member = await Api.as(request, server, MEMBER)
  await member.call('POST', `/api/products/${orbit.id}/tasks/${task.id}/move`, { status: 'blocked' }, { 'if-match': `"${task.version}"` })
  await expect(page.getByRole('main').getByText('ORB-1: Who can help?')).toBeVisible({ timeout: 15_000 })
  await expect(blocked.getByRole('listitem').filter({ hasText: 'Weld the frame' })).toContainText('Critical', { timeout: 15_000 })

  await page.goto(`/products/${orbit.id}/rules`)
  await page.getByRole('switch', { name: 'Blocked work alert is active' }).click()
  await expect(page.getByText('Paused', { exact: true })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('switch', { name: 'Blocked work alert is active' })).not.toBeChecked()
})
