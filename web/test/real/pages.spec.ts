import type { Page } from '@playwright/test'
import { ADMIN, expect, MANAGER, setUp, signIn, test } from './steward'

// Users, imports and the API page: what can go wrong, and what the user sees.

test('the last admin can’t be demoted, and is told why', async ({ page, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  await page.goto('/users')
  await page.getByRole('grid', { name: 'Users' }).focus()
  await page.keyboard.press('Enter')
  const panel = page.getByRole('dialog', { name: ADMIN.name })
  await panel.getByRole('checkbox', { name: /^Analyst/ }).check()
  await panel.getByRole('checkbox', { name: /^Admin/ }).uncheck()
  await panel.getByRole('button', { name: 'Save' }).click()
  await expect(panel.getByRole('alert')).toContainText('last admin who can sign in')
  await expect(panel.getByRole('alert')).toContainText('Make someone else an admin first')
})

test('an edit on top of someone else’s keeps both', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const user = await api.userCreate(MANAGER)
  await signIn(page, ADMIN)
  await page.goto(`/users?user=${user.id}`)
  const panel = page.getByRole('dialog', { name: MANAGER.name })
  await panel.getByLabel('Name', { exact: true }).fill('Jonas W. Weber')
  await api.call('PATCH', `/api/users/${user.id}`, { roles: ['relationship_manager', 'analyst'] }, { 'if-match': `"${user.version}"` })
  await panel.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Jonas W. Weber saved')).toBeVisible()
  const saved = page.getByRole('dialog', { name: 'Jonas W. Weber' })
  await expect(saved.getByRole('checkbox', { name: /^Analyst/ })).toBeChecked()
  await expect(saved.getByLabel('Name', { exact: true })).toHaveValue('Jonas W. Weber')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('row', { name: /Jonas Weber/ })).toBeVisible()
})

async function upload(page: Page, name: string, content: string | Buffer): Promise<void> {
  await page.goto('/imports/new')
  await page.getByLabel('CSV file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
}

test('files that can’t be imported are refused with advice', async ({ page, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  await upload(page, 'sheet.xlsx', 'x')
  await expect(page.getByRole('alert')).toContainText('sheet.xlsx isn’t a CSV file')
  await upload(page, 'empty.csv', '')
  await expect(page.getByRole('alert')).toContainText('empty.csv is empty')
  await upload(page, 'twice.csv', 'Name,Name\nA,B\n')
  await expect(page.getByRole('alert')).toContainText('appears twice')
})

test('a Windows-1252 file is read and its errors named', async ({ page, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  const rows = Buffer.from('Name;Kind;Email\r\nZürcher Fonds;fund;info@zurich.example\r\nNobody;house;x\r\n', 'latin1')
  await upload(page, 'older.csv', rows)
  await page.getByRole('button', { name: 'Read as Windows-1252' }).click()
  const columns = page.getByRole('table', { name: 'Column mapping' })
  await expect(columns).toContainText('Zürcher Fonds')
  await page.getByRole('button', { name: 'Check all rows' }).click()
  await expect(page.getByRole('heading', { name: '1 row refused' })).toBeVisible()
  await expect(page.getByRole('cell', { name: 'Kind' })).toBeVisible()
  await page.getByRole('link', { name: 'Change mapping' }).click()
  await expect(columns).toBeVisible()
  await page.goBack()
  await page.getByRole('button', { name: 'Import 1 row' }).click()
  await expect(page.getByText('Done: 1 created.')).toBeVisible()
})

test('the API page renders under its content security policy', async ({ page, refused, request, server }) => {
  await setUp(request, server)
  await page.goto('/api/docs')
  await expect(page.getByRole('heading', { name: /^Steward/ })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('Create an investor').first()).toBeAttached()
  expect(refused).toEqual([])
})
