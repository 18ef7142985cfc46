import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import type { Investor, InvestorCard, Page as Listed } from '../../src/api/types'
import { ADMIN, Api, expect, MANAGER, otherBrowser, test, watch } from './steward'

// The main journey of a new user: from an empty Steward to investors, a meeting, a notification and a verified audit trail.

const CSV = fileURLToPath(new URL('../../../data/sp500-constituents.csv', import.meta.url))

async function firstRun(page: Page): Promise<void> {
  await page.goto('/')
  await expect(page).toHaveURL(/\/setup$/)
  await page.getByLabel('Your name').fill(ADMIN.name)
  await page.getByLabel('Username').fill(ADMIN.username)
  await page.getByLabel('Email').fill(ADMIN.email)
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Set up and sign in' }).click()
  await expect(page).not.toHaveURL(/\/setup$/)
}

async function createManager(page: Page): Promise<void> {
  await page.goto('/users')
  await page.getByRole('button', { name: 'New user' }).click()
  const dialog = page.getByRole('dialog', { name: 'New user' })
  await dialog.getByLabel('Name', { exact: true }).fill(MANAGER.name)
  await dialog.getByLabel('Username').fill(MANAGER.username)
  await dialog.getByLabel('Email').fill(MANAGER.email)
  await dialog.getByRole('checkbox', { name: /^Relationship manager/ }).check()
  await dialog.getByRole('button', { name: 'Create and invite' }).click()
  await expect(page.getByText(`Invitation sent to ${MANAGER.email}`)).toBeVisible()
  await expect(page.getByRole('row', { name: /Jonas Weber/ })).toBeVisible()
}

async function importCompanies(page: Page): Promise<void> {
  await page.goto('/imports')
  await page.getByRole('link', { name: 'New import' }).click()
  await page.getByLabel('CSV file').setInputFiles(CSV)
  const columns = page.getByRole('table', { name: 'Column mapping' })
  await expect(columns).toBeVisible()
  const fills = { Security: 'Name', 'Headquarters Location': 'Address', 'GICS Sector': 'Tags', CIK: 'External key' }
  for (const [column, field] of Object.entries(fills)) await columns.getByLabel(column, { exact: true }).selectOption(field)
  await page.getByLabel('Key', { exact: true }).selectOption('External key')
  await page.getByLabel('Kind', { exact: true }).selectOption('Company')
  await page.getByLabel('Relationship manager').click()
  await page.getByRole('option', { name: /Jonas Weber/ }).click()
  await page.getByRole('button', { name: 'Check all rows' }).click()

  // Alphabet, Fox and News Corp have two share classes each, under one CIK.
  await expect(page.getByRole('button', { name: 'Import 500 rows' })).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('heading', { name: '3 rows refused' })).toBeVisible()
  await page.getByRole('button', { name: 'Import 500 rows' }).click()
  await expect(page.getByText('Done: 500 created.')).toBeVisible({ timeout: 60_000 })
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  expect((await download).suggestedFilename()).toMatch(/^sp500-constituents-refused-\d{4}-\d\d-\d\d\.csv$/)
}

async function verifyTrail(page: Page, investor: Pick<Investor, 'id' | 'name'>): Promise<void> {
  await page.goto(`/audit?entity_type=investor&entity_id=${investor.id}`)
  await page.getByText('Created the investor').click()
  await expect(page.getByText('Saint Paul, Minnesota')).toBeVisible()
  await page.getByRole('button', { name: 'Verify this investor’s records' }).click()
  await expect(page.getByText('Verified: complete and unchanged')).toBeVisible()
}

async function logMeeting(page: Page): Promise<void> {
  await page.goto('/investors')
  await page.getByRole('row', { name: /^3M/ }).click()
  await page.getByRole('link', { name: 'Open page' }).click()
  await expect(page.getByRole('heading', { name: '3M' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Log an activity' }).fill('Annual review in Saint Paul')
  await page.getByRole('textbox', { name: 'Details' }).fill('They want to see the plan for next year.')
  await page.getByRole('button', { name: 'Log activity' }).click()
  const timeline = page.getByRole('region', { name: 'Timeline' })
  await expect(timeline.getByRole('heading', { name: 'Annual review in Saint Paul' })).toBeVisible()
  await expect(timeline.getByText('created the investor')).toBeVisible()
}

test('a new company goes from import to a verified trail', async ({ page, browser, request, server }) => {
  await test.step('first run', () => firstRun(page))
  await test.step('a relationship manager', () => createManager(page))
  await test.step('they accept the invitation', async () => {
    const admin = await Api.as(request, server, ADMIN)
    const accepted = { token: await admin.linkToken(MANAGER.email), password: MANAGER.password }
    await admin.call('POST', '/api/auth/invitation/accept', accepted)
  })
  await test.step('companies from a file', () => importCompanies(page))

  const manager = await otherBrowser(browser, server, MANAGER)
  const refused: string[] = []
  watch(manager, refused)
  await expect(manager.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()
  await expect(manager.getByRole('button', { name: 'Notifications', exact: true })).toBeVisible()

  const api = await Api.as(request, server, ADMIN)
  const list = await api.call<Listed<InvestorCard>>('GET', '/api/investors?limit=1')
  const company = list.items[0]!
  expect(company.name).toBe('3M')

  await test.step('a meeting, seen on the timeline', () => logMeeting(page))
  await test.step('the manager is notified and follows the link', async () => {
    const bell = manager.getByRole('button', { name: 'Notifications, 1 unread' })
    // The stream delivers the 500 new investors first.
    await expect(bell).toBeVisible({ timeout: 30_000 })
    await bell.click()
    const entry = manager.getByRole('dialog', { name: 'Notifications' }).getByRole('link', { name: /3M/ })
    const read = manager.waitForResponse((response) => response.url().endsWith('/api/notifications/read'))
    await entry.click()
    await expect(manager).toHaveURL(new RegExp(`/investors/${company.id}`))
    await expect(manager.getByRole('heading', { name: 'Annual review in Saint Paul' })).toBeVisible()
    await read
    await manager.goto('/notifications')
    await expect(manager.getByRole('main').getByRole('link', { name: /3M/ })).toBeVisible()
    await expect(manager.getByText('Unread:')).toHaveCount(0)
    await expect(manager.getByRole('button', { name: 'Mark all as read' })).toBeDisabled()
  })
  await test.step('the audit trail', () => verifyTrail(page, company))
  expect(refused).toEqual([])
  await manager.context().close()
})
