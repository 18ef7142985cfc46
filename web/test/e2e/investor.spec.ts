import { expect, test, type Page } from '@playwright/test'
import type { Activity, NewActivity, TimelineEntry } from '../../src/api/types'
import { fakeApi, investors, me, page as listOf, problem } from '../fake-api'
import { investorStore } from '../fake-investors'

const [first] = investors
const ADDRESS = `/investors/${first?.id ?? ''}`
const store = () => investorStore()

/** A timeline that grows with each logged activity. */
function timeline() {
  const logged: TimelineEntry[] = []
  return {
    'GET /api/investors/([^/]+)/timeline': () => listOf(logged),
    'POST /api/investors/([^/]+)/activities': ({ body, match }: { body: unknown; match: RegExpMatchArray }) => {
      const at = new Date().toISOString()
      const sent = body as NewActivity
      const activity: Activity = {
        participants: [],
        ...sent,
        id: '0199f000-0000-7000-8000-0000000000aa',
        investor_id: match[1] ?? '',
        version: 1,
        created_at: at,
        updated_at: at,
        created_by: me.id,
        created_by_name: me.name,
      }
      logged.unshift({ id: activity.id, kind: 'activity', at: activity.occurred_at, activity })
      return { status: 201, body: activity }
    },
  }
}

const sheet = (page: Page) => page.getByRole('dialog', { name: /^Edit / })

test('a meeting is logged by keyboard and appears', async ({ page }) => {
  await fakeApi(page, { ...timeline(), ...store(), ...timeline() })
  await page.goto(ADDRESS)
  await expect(page.getByRole('heading', { name: first?.name ?? '', level: 1 })).toBeVisible()
  await page.getByLabel('Log an activity').getByRole('textbox').first().fill('Talked about the fund')
  await page.getByLabel('Kind').selectOption('Meeting')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Meeting logged')).toBeVisible()
  await expect(page.getByText('Talked about the fund')).toBeVisible()
})

test('documents and money appear on the timeline', async ({ page }) => {
  const at = '2026-11-20T10:00:00.000Z'
  const made = {
    version: 1,
    created_at: at,
    updated_at: at,
    created_by: me.id,
    created_by_name: 'Rosa Lindqvist',
    investor_id: first?.id ?? '',
  }
  const usd = (amount: string) => ({ amount, currency: 'USD' })
  const entries = [
    { id: '1', kind: 'document', at, document: { ...made, id: '1', title: 'Term sheet', file_name: 'terms.pdf', status: 'available' } },
    {
      id: '2',
      kind: 'investment',
      at,
      investment: { ...made, id: '2', name: 'Series A', kind: 'equity', commitment: usd('250000.10'), invested_on: '2026-11-01' },
    },
    {
      id: '3',
      kind: 'cash_flow',
      at,
      investment_name: 'Series A',
      cash_flow: { ...made, id: '3', investment_id: '2', kind: 'contribution', date: '2026-11-02', amount: usd('900719925474099.31') },
    },
  ]
  const asked: (string | null)[] = []
  const list = ({ url }: { url: URL }) => {
    asked.push(url.searchParams.get('kind'))
    return listOf(entries)
  }
  await fakeApi(page, { ...store(), 'GET /api/investors/([^/]+)/timeline': list })
  await page.goto(ADDRESS)
  const timeline = page.getByRole('region', { name: 'Timeline' })
  await expect(timeline.getByText('Term sheet')).toBeVisible()
  const [invested, called] = [/^Equity US\$250,000\.10 · Series A/, /^Contribution US\$900,719,925,474,099\.31 · Series A/]
  for (const [text, day] of [
    [invested, '2026-11-01'],
    [called, '2026-11-02'],
  ] as const) {
    const entry = timeline.getByRole('article').filter({ hasText: text })
    await expect(entry.locator(`time[datetime="${day}"]`)).toBeVisible()
    await expect(entry.getByRole('link', { name: 'Series A' })).toBeVisible()
    await expect(entry).not.toContainText('ago')
  }
  await timeline.getByRole('button', { name: 'Investments' }).click()
  await expect(page).toHaveURL(/kind=investment/)
  await expect.poll(() => asked.at(-1)).toBe('investment')
})

test('an activity without a summary shows a field error', async ({ page }) => {
  await fakeApi(page, store())
  await page.goto(ADDRESS)
  const form = page.getByRole('form', { name: 'Log an activity' })
  await form.getByRole('textbox').first().focus()
  await form.getByRole('button', { name: 'Log activity' }).click()
  await expect(form.getByRole('textbox').first()).toHaveAttribute('aria-invalid', 'true')
})

test('an edit can be undone unless someone else changed it', async ({ page }) => {
  const routes = store()
  await fakeApi(page, routes)
  await page.goto(ADDRESS)
  for (const tier of ['Silver', 'Gold'] as const) {
    await page.getByRole('button', { name: 'Edit' }).click()
    await sheet(page).getByLabel('Tier').selectOption(tier)
    await sheet(page).getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText(/ saved$/).last()).toBeVisible()
    await expect(page.getByText(tier, { exact: true }).first()).toBeVisible()
    if (tier === 'Silver') {
      await page.getByRole('button', { name: 'Undo' }).last().click()
      await expect(page.getByText(/ undone$/)).toBeVisible()
      await expect(page.getByText('Silver', { exact: true })).toHaveCount(0)
    }
  }
  await page.route('**/api/investors/*', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({
          status: 412,
          contentType: 'application/problem+json',
          body: JSON.stringify(problem(412, 'stale_version', 'Precondition Failed').body),
        })
      : route.fallback(),
  )
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect(page.getByText('Couldn’t undo the change')).toBeVisible()
  await expect(page.getByText('Undoing would overwrite their change.', { exact: false })).toBeVisible()
})

test('someone else’s change to another field is kept', async ({ page }) => {
  const routes = store()
  let refusals = 1
  await fakeApi(page, {
    ...routes,
    'PATCH /api/investors/([^/]+)': (request) => {
      if (refusals === 0) return routes['PATCH /api/investors/([^/]+)'](request)
      refusals -= 1
      routes['PATCH /api/investors/([^/]+)']({ ...request, body: { phone: '+41 44 000 00 00' } })
      return problem(412, 'stale_version', 'Precondition Failed')
    },
  })
  await page.goto(`${ADDRESS}?edit=true`)
  await sheet(page).getByLabel('Tier').selectOption('Gold')
  await sheet(page).getByRole('button', { name: 'Save' }).click()
  await expect(sheet(page)).toHaveCount(0)
  await page.goto(`${ADDRESS}?edit=true`)
  await expect(sheet(page).getByLabel('Phone')).toHaveValue('+41 44 000 00 00')
  await expect(sheet(page).getByLabel('Tier')).toHaveValue('gold')
})

test('the buttons of a long form stay visible', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 700 })
  await fakeApi(page, store())
  await page.goto(`${ADDRESS}?edit=true`)
  await expect(sheet(page).getByRole('button', { name: 'Save' })).toBeInViewport({ ratio: 1 })
  await page.goto('/investors?create=true')
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Create investor' })).toBeInViewport({ ratio: 1 })
  await page.setViewportSize({ width: 390, height: 700 })
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Create investor' })).toBeInViewport({ ratio: 1 })
})

test('the audit trail is verified and a break reported', async ({ page }) => {
  const verdict = { valid: true, records: 7, broken_at: null as number | null, reason: null as string | null }
  await fakeApi(page, { ...store(), 'GET /api/audit/verify': () => ({ body: verdict }) })
  await page.goto(ADDRESS)
  await page.getByRole('button', { name: 'Verify this investor’s records' }).click()
  await expect(page.getByText('7 records of this investor checked', { exact: false })).toBeVisible()
  Object.assign(verdict, { valid: false, broken_at: 3, reason: 'the hash does not follow' })
  await page.getByRole('button', { name: 'Verify again' }).click()
  await expect(page.getByText('Verification failed')).toBeVisible()
  await expect(page.getByText('The chain breaks at record 3: the hash does not follow', { exact: false })).toBeVisible()
})

test('a deleted investor says so and can be restored', async ({ page }) => {
  await fakeApi(page, store())
  await page.goto(ADDRESS)
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect(page).toHaveURL(/\/investors$/)
  await page.goBack()
  await expect(page.getByText('This investor is deleted.', { exact: false })).toBeVisible()
  await expect(page.getByRole('form', { name: 'Log an activity' })).toHaveCount(0)
  await page.getByRole('main').getByRole('button', { name: 'Restore' }).click()
  await expect(page.getByText(/ restored$/)).toBeVisible()
  await expect(page.getByRole('form', { name: 'Log an activity' })).toBeVisible()
})

test('missing and unreadable investors explain themselves', async ({ page }) => {
  await fakeApi(page, store())
  await page.goto('/investors/0199f000-0000-7000-8000-00000000dead')
  await expect(page.getByRole('heading', { name: 'Investor not found' })).toBeVisible()
  const broken = await page.context().newPage()
  let answers = 0
  const routes = store()
  await fakeApi(broken, {
    ...routes,
    'GET /api/investors/([^/]+)': (request) => {
      answers += 1
      return answers < 5 ? problem(500, 'internal', 'Something went wrong on our side') : routes['GET /api/investors/([^/]+)'](request)
    },
  })
  await broken.goto(ADDRESS)
  await expect(async () => {
    await broken.getByRole('button', { name: 'Try again' }).click({ timeout: 2_000 })
    await expect(broken.getByRole('heading', { name: first?.name ?? '', level: 1 })).toBeVisible({ timeout: 1_000 })
  }).toPass()
})

test('a report uses the server’s name; failures are explained', async ({ page }) => {
  await fakeApi(page, { ...timeline(), ...store() })
  let fails = false
  await page.route(/\/api\/investors\/[^/]+\/report$/, (route) =>
    fails
      ? route.fulfill({ status: 503, json: problem(503, 'unavailable', 'Try again shortly').body })
      : route.fulfill({
          contentType: 'application/pdf',
          headers: { 'content-disposition': `attachment; filename="Z_rich.pdf"; filename*=UTF-8''Z%C3%BCrich%202026-11-21.pdf` },
          body: '%PDF-1.7',
        }),
  )
  await page.goto(ADDRESS)
  const button = page.getByRole('button', { name: 'Report (PDF)' })
  const saved = page.waitForEvent('download')
  await button.click()
  expect((await saved).suggestedFilename()).toBe('Zürich 2026-11-21.pdf')
  await expect(page.getByText('Report saved')).toBeVisible()
  fails = true
  await button.click()
  await expect(page.getByText('Couldn’t create the report')).toBeVisible()
  await expect(button).toBeEnabled()
})
