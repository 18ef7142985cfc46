import { readFile } from 'node:fs/promises'
import { ADMIN, expect, MANAGER, otherBrowser, setUp, signIn, test } from './steward'

// Merging two records of one investor, and exporting its data.

const NOTE = { kind: 'call', occurred_at: '2026-11-02T10:00:00Z', summary: 'Spoke of the second close' }

test('a duplicate is noticed and merged; old pages redirect', async ({ browser, page, request, server }) => {
  const api = await setUp(request, server)
  const manager = await api.userCreate(MANAGER)
  const shared = { kind: 'fund', relationship_manager_id: manager.id }
  const stays = await api.investorCreate({ ...shared, name: 'Northwind Capital', tier: 'gold' })
  const goes = await api.investorCreate({ ...shared, name: 'NORTHWIND CAPITAL Ltd', tier: 'silver', email: 'office@northwind.example' })
  await api.call('POST', `/api/investors/${goes.id}/activities`, NOTE)
  const other = await otherBrowser(browser, server, MANAGER)
  await other.goto(`/investors/${goes.id}`)
  await expect(other.getByText(NOTE.summary)).toBeVisible()

  await signIn(page, ADMIN)
  await page.goto('/investors?create=true')
  await page.getByRole('dialog').getByLabel('Name').fill('Northwind Capital Inc')
  await expect(page.getByText('One of these may be the same investor')).toBeVisible()
  await page.goto(`/investors/${stays.id}`)
  await page.getByRole('region', { name: 'Possible duplicates' }).getByRole('button', { name: 'Compare' }).click()
  await expect(page.getByText('Email is copied: office@northwind.example')).toBeVisible()
  await page.getByRole('button', { name: 'Merge investors' }).click()
  await expect(page.getByText('NORTHWIND CAPITAL Ltd merged into Northwind Capital')).toBeVisible()
  // The call moved along, without any reload.
  await expect(page.getByText(NOTE.summary)).toBeVisible({ timeout: 15_000 })
  await expect(page.getByText('merged another investor into this one')).toBeVisible()
  await expect(other).toHaveURL(new RegExp(`/investors/${stays.id}`), { timeout: 15_000 })
  await expect(other.getByRole('heading', { name: 'Northwind Capital', exact: true })).toBeVisible()
  await other.context().close()
})

test('a list is exported as CSV and an investor as PDF', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const investor = await api.investorCreate({ name: '=Northwind, "Capital"', kind: 'fund', notes: 'Two\nlines' })
  await signIn(page, ADMIN)
  await page.goto('/investors')
  const csv = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  const list = await csv
  expect(list.suggestedFilename()).toMatch(/^investors-\d{4}-\d\d-\d\d\.csv$/)
  const text = await readFile(await list.path(), 'utf8')
  expect(text.startsWith('\uFEFFname,kind,')).toBe(true)
  expect(text).toContain(`"'=Northwind, ""Capital"""`)
  expect(text).toContain('"Two\nlines"')
  await page.goto(`/investors/${investor.id}`)
  const pdf = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Report (PDF)' }).click()
  const report = await pdf
  expect(report.suggestedFilename()).toMatch(/\.pdf$/)
  const bytes = await readFile(await report.path())
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
  await expect(page.getByText('Report saved')).toBeVisible()
})
