import type { Page } from '@playwright/test'
import { ADMIN, expect, MANAGER, otherBrowser, setUp, signIn, test } from './steward'

// An investor's commitment, capital calls and distributions, against the embedded stack.

async function record(page: Page, kind: string, day: string, amount: string): Promise<void> {
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'New cash flow' })
  await dialog.getByLabel('Kind').selectOption(kind)
  await dialog.getByLabel('Date').fill(day)
  await dialog.getByLabel(/^Amount/).fill(amount)
  await dialog.getByRole('button', { name: 'Record' }).click()
  await expect(dialog).toBeHidden()
}

const figure = (page: Page, label: string, name: string) =>
  page
    .getByLabel(label)
    .locator('div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .getByRole('definition')

test('capital calls and a distribution yield the figures', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund' })
  await signIn(page, ADMIN)
  await page.goto(`/investors/${investor.id}`)
  await page.getByRole('link', { name: 'Investments', exact: true }).click()
  await page.getByRole('button', { name: 'Add an investment' }).click()
  const dialog = page.getByRole('dialog', { name: 'New investment' })
  await dialog.getByLabel('Name').fill('Growth Fund II')
  await dialog.getByLabel('Committed').fill('12,5')
  await dialog.getByRole('button', { name: 'Add investment' }).click()
  await expect(dialog.getByText('Do you mean this amount?')).toBeVisible()
  await expect(dialog.getByText('Choose a currency.')).toBeVisible()
  await dialog.getByLabel('Committed').fill('1,000,000')
  await dialog.getByLabel('Currency').click()
  await page.getByPlaceholder('Type to search').fill('euro')
  await page.keyboard.press('Enter')
  await dialog.getByLabel('Invested on').fill('2024-01-10')
  await dialog.getByRole('button', { name: 'Add investment' }).click()

  const investment = page.getByRole('article', { name: 'Growth Fund II' })
  await expect(investment.getByText('No DPI, RVPI or TVPI: nothing has been paid in yet.')).toBeVisible()
  await record(page, 'Contribution', '2024-02-01', '400000')
  await record(page, 'Contribution', '2024-08-01', '100,000.50')
  await record(page, 'Distribution', '2025-02-01', '250,000.25')
  await record(page, 'Valuation', '2025-06-30', '500,000.50')
  const strip = 'Figures of the investment'
  await expect(figure(page, strip, 'Called')).toHaveText('€500,000.50')
  await expect(figure(page, strip, 'DPI')).toHaveText('0.50×')
  await expect(figure(page, strip, 'TVPI')).toHaveText('1.50×')
  const flows = page.getByRole('table', { name: /^Cash flows/ })
  await expect(flows.getByRole('row').filter({ hasText: 'Valuation' })).toContainText('€500,000.50€500,000.50€250,000.25')
  await expect(page.getByRole('heading', { name: 'Value and net cash flows' })).toBeVisible()

  await page.getByRole('link', { name: 'All investments' }).click()
  await expect(figure(page, 'Holdings in EUR', 'Value')).toHaveText('€500,000.50')
  await expect(figure(page, 'Holdings in EUR', 'IRR')).toHaveText(/^\d+\.\d%$/)

  await page.getByRole('link', { name: /^Growth Fund II/ }).click()
  await page.getByRole('button', { name: 'Status' }).click()
  await page.getByRole('menuitemradio', { name: 'Exited' }).click()
  await expect(investment.getByText('Exited', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Delete investment' }).click()
  await expect(page.getByRole('dialog')).toContainText('Delete its cash flows first')
})

test('two users edit one investment and keep both changes', async ({ browser, page, request, server }) => {
  const api = await setUp(request, server)
  const manager = await api.userCreate(MANAGER)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund', relationship_manager_id: manager.id })
  const made = await api.call<{ id: string }>('POST', `/api/investors/${investor.id}/investments`, {
    kind: 'equity',
    name: 'Seed round',
    invested_on: '2025-01-10',
    status: 'active',
    commitment: { amount: '5000', currency: 'JPY' },
  })
  const path = `/investors/${investor.id}/investments/${made.id}`
  await signIn(page, ADMIN)
  await page.goto(path)
  const other = await otherBrowser(browser, server, MANAGER)
  await other.goto(path)
  await page.getByRole('button', { name: 'Edit investment' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit Seed round' })
  await dialog.getByLabel('Round').fill('Seed')
  await api.call('PATCH', `/api${path}`, { commitment: { amount: '6000', currency: 'JPY' } }, { 'if-match': '"1"' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Equity · Seed')).toBeVisible()
  await expect(page.getByText('¥6,000').first()).toBeVisible()
  await expect(other.getByText('Equity · Seed')).toBeVisible()
  await record(page, 'Contribution', '2025-02-01', '2500')
  await expect(figure(other, 'Figures of the investment', 'Called')).toHaveText('JP¥2,500')
})

test('an analyst reads and changes nothing', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund' })
  const mira = { username: 'mira', password: 'violet harbour tram' }
  await api.userCreate({ ...mira, name: 'Mira Tan', email: 'mira@steward.example', roles: ['analyst'] })
  const made = await api.call<{ id: string }>('POST', `/api/investors/${investor.id}/investments`, {
    kind: 'safe',
    name: 'Seed round',
    invested_on: '2025-01-10',
    status: 'committed',
    commitment: { amount: '5000', currency: 'USD' },
  })
  await signIn(page, mira)
  await page.goto(`/investors/${investor.id}/investments`)
  await expect(page.getByRole('link', { name: /^Seed round/ })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add' })).toBeHidden()
  await page.goto(`/investors/${investor.id}/investments/${made.id}`)
  await expect(page.getByRole('heading', { name: /^Seed round/ })).toBeVisible()
  for (const name of ['Edit investment', 'Delete investment', 'Status', 'Record'])
    await expect(page.getByRole('button', { name, exact: true })).toBeHidden()
  await page.goto(`/investors/${investor.id}/documents`)
  await expect(page.getByText('No documents yet')).toBeVisible()
  await expect(page.getByLabel('Files')).toBeHidden()
})

test.describe('in a German browser', () => {
  test.use({ locale: 'de-DE' })

  test('an amount with two readings is asked, and figures follow the locale', async ({ page, request, server }) => {
    const api = await setUp(request, server)
    const investor = await api.investorCreate({ name: 'Nordwind', kind: 'fund', country: 'DE' })
    await signIn(page, ADMIN)
    await page.goto(`/investors/${investor.id}/investments`)
    await page.getByRole('button', { name: 'Add an investment' }).click()
    const dialog = page.getByRole('dialog', { name: 'New investment' })
    await expect(dialog.getByLabel('Currency')).toContainText('EUR')
    await dialog.getByLabel('Name').fill('Series A')
    await dialog.getByLabel('Kind').selectOption('Equity')
    await dialog.getByLabel('Status').selectOption('Active')
    await dialog.getByLabel('Invested on').fill('2023-01-01')
    await dialog.getByLabel('Committed').fill('1.500')
    await dialog.getByRole('button', { name: 'Add investment' }).click()
    const meant = dialog.getByRole('group', { name: 'Which amount do you mean?' })
    await expect(meant.getByRole('button')).toHaveText([/^1\.500,00\s€$/, /^1,50\s€$/])
    await meant.getByRole('button').first().click()
    await expect(dialog.getByLabel('Committed')).toHaveValue('1.500,00')
    await dialog.getByRole('button', { name: 'Add investment' }).click()
    await expect(page.getByRole('heading', { name: /^Series A/ })).toBeVisible()

    await record(page, 'Contribution', '2023-01-01', '1.000,00')
    await record(page, 'Valuation', '2023-12-31', '1.200,00')
    await record(page, 'Distribution', '2024-06-30', '1000')
    const strip = 'Figures of the investment'
    await expect(figure(page, strip, 'Committed')).toHaveText(/^1\.500,00\s€$/)
    await expect(figure(page, strip, 'Value')).toHaveText(/^200,00\s€$/)
    await expect(figure(page, strip, 'TVPI')).toHaveText('1,20×')
    await expect(page.getByText(/Valued on .*2023, rolled forward/)).toBeVisible()

    await page.getByRole('link', { name: 'All investments' }).click()
    await expect(figure(page, 'Holdings in EUR', 'IRR')).toHaveText(/^13,0\s%$/)
    await page.goto(`/investors/${investor.id}`)
    const entry = page.getByRole('article').filter({ hasText: /^Distribution/ })
    await expect(entry).toContainText(/1\.000,00\s€ · Series A/)
    await expect(entry.locator('time[datetime="2024-06-30"]')).toBeVisible()
  })
})
