import { expect, test, type Page } from '@playwright/test'
import { FILES, documentStore } from '../fake-documents'
import { fakeApi, investors, me, page as listOf, problem } from '../fake-api'
import { investorStore } from '../fake-investors'

const FIRST = `/investors/${investors[0]?.id ?? ''}`
const FORECAST = '0199f000-0000-7000-8000-00000000d004'
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, PUT', 'access-control-allow-headers': '*' }

const open = async (page: Page, overrides: Parameters<typeof fakeApi>[1] = {}) => {
  await fakeApi(page, {
    ...overrides,
    ...Object.fromEntries(Object.entries({ ...documentStore(), ...investorStore() }).filter(([key]) => !(key in overrides))),
  })
  await page.goto(`${FIRST}/documents`)
}
const row = (page: Page, title: string) => page.getByRole('list', { name: 'Documents' }).getByRole('listitem').filter({ hasText: title })

test('documents are listed with their actions', async ({ page }) => {
  await open(page)
  await expect(row(page, 'Subscription agreement')).toContainText('PDF · 1.4 MB · Version 3 · Ada Okafor')
  await expect(row(page, 'Capital account statement')).toContainText('doesn’t match the file type')
  await expect(row(page, 'Cash flow forecast')).toContainText('Version 2 isn’t available')
  await expect(page.getByRole('button', { name: 'Preview Annual meeting slides' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'Download Lost upload' })).toBeHidden()
})

test('unsupported files are refused before upload', async ({ page }) => {
  const sent: unknown[] = []
  await open(page, {
    'POST /api/investors/([^/]+)/documents': ({ body }) => {
      sent.push(body)
      return problem(500, 'internal', 'Not expected')
    },
  })
  const file = (name: string, text: string) => ({ name, mimeType: '', buffer: Buffer.from(text) })
  await page.getByLabel('Files').setInputFiles([file('setup.exe', 'MZ'), file('macros.xlsm', 'PK'), file('empty.pdf', '')])
  await expect(page.getByRole('alert')).toHaveText(
    /setup\.exe has an unsupported.*\nmacros\.xlsm has an unsupported.*\nempty\.pdf is empty/,
  )
  expect(sent).toEqual([])
})

test('a failed upload is shown at its file and retried', async ({ page }) => {
  let tries = 0
  await page.route('http://127.0.0.1:1/put/*', async (route) => {
    if (route.request().method() === 'OPTIONS') return route.fulfill({ status: 204, headers: CORS })
    tries += 1
    return tries === 1 ? route.fulfill({ status: 403, headers: CORS }) : route.fulfill({ status: 200, headers: CORS })
  })
  await open(page)
  await page.getByLabel('Files').setInputFiles({ name: 'Side letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-') })
  const uploads = page.getByRole('list', { name: 'Uploads' })
  await expect(uploads.getByRole('alert')).toContainText('The file wasn’t accepted')
  await page.getByRole('button', { name: 'Retry Side letter.pdf' }).click()
  await expect(uploads).toContainText('checking')
  await page.getByRole('link', { name: 'Timeline' }).click()
  await page.getByRole('link', { name: 'Documents', exact: true }).click()
  await expect(uploads).toContainText('checking')
})

test('a preview uses the checked type and closes with Escape', async ({ page }) => {
  await page.route('http://127.0.0.1:1/get/*', (route) => route.fulfill({ ...FILES['png'], headers: CORS }))
  await open(page)
  await page.getByRole('button', { name: 'Preview Office tour' }).focus()
  await page.keyboard.press('Enter')
  const picture = page.getByRole('dialog', { name: 'Office tour' }).getByRole('img')
  await expect(picture).toHaveJSProperty('naturalWidth', 2)
  await page.keyboard.press('Escape')
  await expect(picture).toBeHidden()
})

test('a failed preview can be retried', async ({ page }) => {
  let refuse = true
  await page.route('http://127.0.0.1:1/get/*', (route) => (refuse ? route.abort() : route.fulfill({ ...FILES['png'], headers: CORS })))
  await open(page)
  await page.getByRole('button', { name: 'Preview Office tour' }).click()
  const dialog = page.getByRole('dialog', { name: 'Office tour' })
  await expect(dialog.getByRole('alert')).toContainText('Couldn’t load the file')
  refuse = false
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await expect(dialog.getByRole('img')).toBeVisible()
})

test('a document has a URL, versions, renaming and deletion', async ({ page }) => {
  await open(page)
  await page.goto(`${FIRST}/documents?document=${FORECAST}`)
  const panel = page.getByRole('dialog', { name: /^Cash flow forecast/ })
  await expect(panel.getByRole('listitem').filter({ hasText: 'Version 2' })).toContainText('Quarantined')
  await panel.getByRole('button', { name: 'Rename' }).press('Enter')
  await page.getByRole('dialog', { name: 'Rename document' }).getByLabel('Title').fill('Forecast')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Forecast saved')).toBeVisible()
  await page.getByRole('dialog', { name: 'Forecast' }).getByRole('button', { name: 'Delete' }).press('Enter')
  await page.getByRole('dialog', { name: 'Delete this document?' }).getByRole('button', { name: 'Delete' }).press('Enter')
  await expect(page.getByText('Forecast deleted')).toBeVisible()
  await expect(page).not.toHaveURL(/document=/)
  await expect(row(page, 'Forecast')).toHaveCount(0)
})

test('someone else’s change stops a deletion', async ({ page }) => {
  await open(page, { 'DELETE /api/investors/([^/]+)/documents/([^/]+)': () => problem(412, 'stale_version', 'Someone else changed it') })
  await page.getByRole('button', { name: 'Actions for Office tour' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('alert')).toContainText('Review the latest version')
  await expect(row(page, 'Office tour')).toBeVisible()
})

test('readers see no way to change anything', async ({ page }) => {
  const reader = { ...me, permissions: ['investor_read', 'document_read'] }
  const grant = { access_token: 'fake', token_type: 'Bearer', expires_in: 900, user: reader }
  await open(page, { 'GET /api/me': () => ({ body: reader }), 'POST /api/auth/refresh': () => ({ body: grant }) })
  await expect(row(page, 'Subscription agreement')).toBeVisible()
  await expect(page.getByLabel('Files')).toHaveCount(0)
  await page.getByRole('button', { name: 'Actions for Subscription agreement' }).click()
  await expect(page.getByRole('menuitem')).toHaveText(['Preview', 'Versions'])
})

test('an empty list explains itself; an error can be retried', async ({ page }) => {
  let broken = true
  await open(page, {
    'GET /api/investors/([^/]+)/documents': () => (broken ? problem(500, 'internal', 'Something went wrong on our side') : listOf([])),
  })
  await expect(page.getByRole('alert')).toContainText('Something went wrong on our side')
  broken = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('No documents yet')).toBeVisible()
})
