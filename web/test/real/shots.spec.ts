import { readFile } from 'node:fs/promises'
import type { Browser, Page } from '@playwright/test'
import type { ImportCreated } from '../../src/api/types'
import { Api, ADMIN, expect, MANAGER, setUp, signIn, test, watch } from './steward'
import type { Server } from './server'

// Screenshots of pages with real data for review: 1440 and 390 px wide, light and dark.

const CSV = new URL('../../../data/sp500-constituents.csv', import.meta.url)

async function imported(api: Api, request: Parameters<typeof setUp>[0], text: string, name: string, start?: object): Promise<string> {
  const { import: made, upload } = await api.call<ImportCreated>('POST', '/api/imports', { file_name: name, size: Buffer.byteLength(text) })
  const put = await request.put(upload.url, { headers: upload.headers, data: text })
  expect(put.ok()).toBe(true)
  await api.call('POST', `/api/imports/${made.id}/preview`)
  if (!start) return made.id
  await api.call('POST', `/api/imports/${made.id}/start`, start)
  await expect
    .poll(async () => (await api.call<{ status: string }>('GET', `/api/imports/${made.id}`)).status, { timeout: 60_000 })
    .toMatch(/done|checked|failed/)
  return made.id
}

const MAPPING = [
  { column: 'Security', field: 'name' },
  { column: 'Headquarters Location', field: 'address' },
  { column: 'GICS Sector', field: 'tags' },
  { column: 'CIK', field: 'external_key' },
]

interface Places {
  user: string
  investor: string
  mapping: string
  checked: string
  done: string
}

async function arrange(request: Parameters<typeof setUp>[0], server: Server): Promise<Places> {
  const api = await setUp(request, server)
  const manager = await api.userCreate(MANAGER)
  await api.userCreate({
    username: 'mira',
    name: 'Mira Tan',
    email: 'mira@steward.example',
    password: 'violet harbour tram',
    roles: ['analyst', 'manager'],
  })
  const investor = await api.investorCreate({
    name: 'Northwind Capital',
    kind: 'fund',
    email: 'ir@northwind.example',
    relationship_manager_id: manager.id,
  })
  await api.call(
    'PATCH',
    `/api/investors/${investor.id}`,
    { tier: 'gold', phone: '+49 30 1234567', tags: ['Europe', 'Growth'] },
    { 'if-match': '"1"' },
  )
  const meeting = { kind: 'meeting', occurred_at: new Date().toISOString(), summary: 'Walked through the third quarter' }
  await api.call('POST', `/api/investors/${investor.id}/activities`, meeting)
  const text = await readFile(CSV, 'utf8')
  const start = {
    mapping: MAPPING,
    key: 'external_key',
    defaults: { kind: 'company', relationship_manager_id: manager.id },
    dry_run: false,
  }
  const done = await imported(api, request, text, 'sp500-constituents.csv', start)
  const broken = text
    .split('\n')
    .map((line, row) => (row % 9 === 3 ? line.replace(/,(\d+),[^,]*$/, ',,') : line))
    .join('\n')
  const checked = await imported(api, request, `${broken}\n,,,,,,,`, 'constituents-mended.csv', { ...start, dry_run: true })
  const mapping = await imported(api, request, text, 'constituents-2026-11.csv')
  await request.post(`${server.url}/api/auth/login`, { data: { username: 'jonas', password: 'a wrong password' } })
  const own = await Api.as(request, server, MANAGER)
  await request.get(`${server.url}/api/audit`, { headers: { authorization: `Bearer ${(own as unknown as { token: string }).token}` } })
  return { user: manager.id, investor: investor.id, mapping, checked, done }
}

interface Shot {
  name: string
  path: (places: Places) => string
  before?: (page: Page) => Promise<void>
}

const SHOTS: Shot[] = [
  { name: 'users', path: () => '/users' },
  { name: 'users-empty', path: () => '/users?role=team_member&status=disabled' },
  { name: 'user-panel', path: ({ user }) => `/users?user=${user}` },
  {
    name: 'user-create',
    path: () => '/users?create=true',
    before: async (page) => {
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.getByRole('button', { name: 'Create', exact: true }).click()
    },
  },
  { name: 'audit', path: () => '/audit' },
  {
    name: 'audit-entity',
    path: ({ investor }) => `/audit?entity_type=investor&entity_id=${investor}`,
    before: async (page) => {
      await page.getByRole('row').nth(2).click()
      await page
        .getByRole('button', { name: /^Verify/ })
        .first()
        .click()
      await page.getByText('Verified: complete and unchanged').first().waitFor()
    },
  },
  { name: 'audit-search', path: () => '/audit', before: (page) => page.getByRole('button', { name: 'Search', exact: true }).click() },
  {
    name: 'audit-open',
    path: ({ user }) => `/audit?actor_id=${user}`,
    before: async (page) => {
      await page.getByText('Was denied access').first().click()
      await page
        .getByRole('button', { name: /^Verify/ })
        .first()
        .waitFor()
    },
  },
  { name: 'notifications', path: () => '/notifications' },
  { name: 'imports', path: () => '/imports' },
  { name: 'import-new', path: () => '/imports/new' },
  {
    name: 'import-mapping',
    path: ({ mapping }) => `/imports/${mapping}`,
    before: async (page) => {
      await page.getByRole('button', { name: 'Check all rows' }).click()
    },
  },
  { name: 'import-checked', path: ({ checked }) => `/imports/${checked}` },
  { name: 'import-done', path: ({ done }) => `/imports/${done}` },
]

const take = async (browser: Browser, server: Server, places: Places, width: number, theme: 'light' | 'dark') => {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: { width, height: width === 390 ? 844 : 900 },
    colorScheme: theme,
  })
  const page = await context.newPage()
  const refused: string[] = []
  watch(page, refused)
  await signIn(page, ADMIN)
  for (const { name, path, before } of SHOTS) {
    await page.goto(path(places), { waitUntil: 'networkidle' })
    await before?.(page)
    await page.waitForTimeout(350)
    await page.screenshot({ path: `test-results/shots/${name}-${width}-${theme}.png` })
  }
  await context.close()
  expect(refused).toEqual([])
}

test('screenshots of every page @shots', async ({ browser, request, server }) => {
  test.setTimeout(300_000)
  const places = await arrange(request, server)
  for (const width of [1440, 390]) for (const theme of ['light', 'dark'] as const) await take(browser, server, places, width, theme)
})
