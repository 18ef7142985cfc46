import { expect, test, type Page } from '@playwright/test'
import { fakeApi, investors, me, problem } from '../fake-api'
import { investorStore } from '../fake-investors'
import { moneyStore } from '../fake-money'

const FIRST = `/investors/${investors[0]?.id ?? ''}`
const GROWTH = `${FIRST}/investments/0199f000-0000-7000-8000-00000000e001`
const HELIO = `${FIRST}/investments/0199f000-0000-7000-8000-00000000e002`

const open = async (page: Page, path: string, overrides: Parameters<typeof fakeApi>[1] = {}, money = moneyStore()) => {
  await fakeApi(page, {
    ...overrides,
    ...Object.fromEntries(Object.entries({ ...money, ...investorStore() }).filter(([key]) => !(key in overrides))),
  })
  await page.goto(path)
}

test('holdings are shown per currency, with reasons for gaps', async ({ page }) => {
  await open(page, `${FIRST}/investments`)
  const dollars = page.getByLabel('Holdings in USD')
  for (const text of ['US$2,985,400.00', '0.43×', '0.92×', '1.35×', '18.7%'])
    await expect(dollars.getByText(text, { exact: true })).toBeVisible()
  await expect(page.getByText('No DPI, RVPI, TVPI or IRR: nothing has been paid in yet.')).toBeVisible()
  await expect(page.getByRole('link', { name: /^Helio Robotics/ })).toContainText('US$900,719,925,474,099.31')
})

test('a new investment sends the exact amount in its currency', async ({ page }) => {
  const sent: unknown[] = []
  const money = moneyStore([], { currencies: [] })
  const create = money['POST /api/investors/([^/]+)/investments']
  await open(
    page,
    `${FIRST}/investments`,
    {
      'POST /api/investors/([^/]+)/investments': (request) => {
        sent.push(request.body)
        return create ? create(request) : {}
      },
    },
    money,
  )
  await page.getByRole('button', { name: 'Add an investment' }).click()
  const dialog = page.getByRole('dialog', { name: 'New investment' })
  await dialog.getByLabel('Name').fill('Kyoto Logistics')
  await dialog.getByLabel('Kind').selectOption('Debt')
  await dialog.getByLabel('Committed').fill('900,719,925,474,099.31')
  await dialog.getByLabel('Currency').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.type('yen')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Add investment' }).click()
  await expect(dialog.getByText('This currency has no decimals.')).toBeVisible()
  await dialog.getByLabel('Committed').fill('900,719,925,474,099')
  await dialog.getByLabel('Invested on').fill('2026-03-04')
  await dialog.getByRole('button', { name: 'Add investment' }).click()
  await expect(page.getByRole('article', { name: 'Kyoto Logistics' })).toBeVisible()
  expect(sent).toEqual([
    {
      name: 'Kyoto Logistics',
      kind: 'debt',
      status: 'committed',
      invested_on: '2026-03-04',
      round: null,
      notes: null,
      commitment: { amount: '900719925474099', currency: 'JPY' },
    },
  ])
})

test('a server refusal is shown at its field', async ({ page }) => {
  const errors = [{ field: 'amount.currency', code: 'invalid', message: 'must be USD, the investment’s' }]
  await open(page, HELIO, {
    'POST /api/investors/([^/]+)/investments/([^/]+)/cash_flows': () => problem(422, 'invalid_input', 'Unprocessable Entity', { errors }),
  })
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'New cash flow' })
  await dialog.getByLabel('Amount in USD').fill('10')
  await dialog.getByRole('button', { name: 'Record' }).click()
  await expect(dialog.getByLabel('Amount in USD')).toHaveAccessibleDescription(/must be USD/)
  await expect(dialog.getByLabel('Amount in USD')).toBeFocused()
})

test('cash flows have totals, an accessible chart and deletion', async ({ page }) => {
  await open(page, GROWTH)
  const flows = page.getByRole('table', { name: /^Cash flows/ })
  await expect(flows.getByRole('row').nth(1)).toContainText('US$2,985,400.00US$3,250,000.00US$1,410,000.55')
  await expect(page.getByRole('table', { name: 'Value and net cash flows' }).getByRole('row').last()).toContainText('US$2,985,400.00')
  await page.getByRole('button', { name: 'Actions for the distribution of 20 May 2026' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete this cash flow?' }).getByRole('button', { name: 'Delete' }).click()
  await expect(flows.getByRole('row').nth(1)).toContainText('US$660,000.55')
})

test('a status is changed and undone', async ({ page }) => {
  await open(page, HELIO)
  const article = page.getByRole('article', { name: 'Helio Robotics' })
  await page.getByRole('button', { name: 'Status' }).click()
  await page.getByRole('menuitemradio', { name: 'Written off' }).click()
  await expect(article.getByRole('heading', { level: 2 }).first()).toContainText('Written off')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(article.getByRole('heading', { level: 2 }).first()).toContainText('Exited')
})

test('an investment with cash flows can’t be deleted', async ({ page }) => {
  await open(page, GROWTH)
  await page.getByRole('button', { name: 'Delete investment' }).click()
  await expect(page.getByRole('dialog')).toContainText('Delete its cash flows first')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'All investments' }).click()
  await page.getByRole('link', { name: /^Helio Robotics/ }).click()
  await page.getByRole('button', { name: 'Delete investment' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page).toHaveURL(/\/investments$/)
  await expect(page.getByRole('link', { name: /^Growth Fund II/ })).toBeVisible()
  await expect(page.getByRole('link', { name: /^Helio Robotics/ })).toHaveCount(0)
})

test('readers can’t change anything; unknown URLs explain themselves', async ({ page }) => {
  const reader = { ...me, permissions: ['investor_read'] }
  const grant = { access_token: 'fake', token_type: 'Bearer', expires_in: 900, user: reader }
  await open(page, GROWTH, { 'GET /api/me': () => ({ body: reader }), 'POST /api/auth/refresh': () => ({ body: grant }) })
  await expect(page.getByRole('table', { name: /^Cash flows/ })).toBeVisible()
  for (const name of ['Record', 'Edit investment', 'Delete investment', 'Status'])
    await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Actions for/ })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Documents', exact: true })).toHaveCount(0)
  await page.goto(`${FIRST}/investments/0199f000-0000-7000-8000-00000000e999`)
  await expect(page.getByText('Investment not found')).toBeVisible()
})

test('holdings that fail to load can be retried', async ({ page }) => {
  await open(page, `${FIRST}/investments`, {
    'GET /api/investors/([^/]+)/holdings': () => problem(500, 'internal', 'Something went wrong on our side'),
  })
  await expect(page.getByRole('alert')).toContainText('Something went wrong on our side')
  await expect(page.getByRole('link', { name: /^Growth Fund II/ })).toBeVisible()
})
