import { expect, test, type WebSocketRoute } from '@playwright/test'
import { analytics } from '../fake-analytics'
import { fakeApi, investors, me } from '../fake-api'
import { investorStore } from '../fake-investors'

const all = () => ({ ...investorStore(), ...analytics })

test('arrow keys follow the displayed order of results', async ({ page }) => {
  const reversed = {
    'GET /api/search': (request: { url: URL }) => ({ body: { items: analytics['GET /api/search'](request).body.items.toReversed() } }),
  }
  await fakeApi(page, { ...all(), ...reversed })
  await page.goto('/overview')
  await expect(page.getByRole('button', { name: 'Search' }).first()).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('a')
  await expect(page.getByRole('group', { name: 'People' }).getByRole('option')).toHaveCount(1)
  await expect(page.getByRole('option').first()).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true')
})

test('people are hidden from users who can’t open them', async ({ page }) => {
  const permissions = ['analytics_read', 'investor_read', 'user_list']
  await fakeApi(page, { ...all(), 'GET /api/me': () => ({ body: { ...me, roles: ['analyst'], permissions } }) })
  await page.goto('/overview')
  await expect(page.getByRole('button', { name: 'Search' }).first()).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('a')
  await expect(page.getByRole('group', { name: 'Investors' })).toBeVisible()
  await expect(page.getByRole('group', { name: 'People' })).toHaveCount(0)
})

test('a range starts on its first day; two years exclude days', async ({ page }) => {
  const asked: string[] = []
  const activity = analytics['GET /api/analytics/activity']
  await page.clock.setFixedTime(new Date('2026-11-21T10:00:00Z'))
  await fakeApi(page, {
    ...all(),
    'GET /api/analytics/activity': (request) => {
      asked.push(request.url.search)
      return activity(request)
    },
  })
  await page.goto('/overview')
  await page.getByLabel('Range').selectOption('2 years')
  await expect.poll(() => asked.at(-1)).toContain('from=2024-11-21')
  await page.getByLabel('Interval').selectOption('Days')
  await expect(page.getByLabel('Range').getByRole('option', { name: '2 years' })).toHaveCount(0)
  await expect.poll(() => asked.at(-1)).toBe('?interval=day')
})

test('figures update with live events', async ({ page }) => {
  let count = 42
  let socket: WebSocketRoute | undefined
  await fakeApi(page, {
    ...all(),
    'GET /api/analytics/portfolio': () => ({ body: { ...analytics['GET /api/analytics/portfolio']().body, investors: count } }),
  })
  await page.routeWebSocket(/\/live/, (opened) => {
    socket = opened
    opened.onMessage(() => opened.send('{"type":"pong"}'))
    opened.send('{"type":"hello","connection_id":"c","heartbeat_seconds":30}')
  })
  await page.goto('/overview')
  await expect(page.getByText('42 investors')).toBeVisible()
  await expect.poll(() => socket !== undefined).toBe(true)
  count = 43
  socket?.send(
    JSON.stringify({
      type: 'changed',
      event_id: '0199f000-0000-7000-8000-0000000000aa',
      entity_type: 'analytics',
      entity_id: me.id,
      action: 'analytics_update',
    }),
  )
  await expect(page.getByText('43 investors')).toBeVisible()
})

test('a role without analytics neither shows nor requests them', async ({ page }) => {
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/api/analytics') && asked.push(request.url()))
  await fakeApi(page, { 'GET /api/me': () => ({ body: { ...me, roles: ['team_member'], permissions: [] } }) })
  await page.goto('/overview')
  await expect(page.getByText('Helvetia Family Office was assigned to you')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Investors', exact: true })).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Products', exact: true })).toHaveCount(0)
  expect(asked).toEqual([])
  await page.getByRole('link', { name: 'See all' }).click()
  await expect(page).toHaveURL(/\/notifications$/)
})

test('an investor shows its figures', async ({ page }) => {
  await fakeApi(page, all())
  await page.goto(`/investors/${investors[0]?.id}`)
  await expect(page.getByText('3 days ago').first()).toBeVisible()
  await expect(page.getByText('Strong')).toBeVisible()
  await expect(page.getByRole('img', { name: /activities in 24 months/ })).toBeVisible()
})
