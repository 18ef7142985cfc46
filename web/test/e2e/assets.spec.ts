import { expect, test, type Page } from '@playwright/test'
import { CORS, PICTURE, assetId, assetStore } from '../fake-assets'
import { fakeApi, page as listOf, problem } from '../fake-api'
import { ORBIT, people, productStore, signedIn } from '../fake-products'
import { requirementId, requirementStore } from '../fake-requirements'

const TAB = `/products/${ORBIT}/assets`
const card = (page: Page, name: string) => page.getByRole('list', { name: 'Assets' }).getByRole('listitem').filter({ hasText: name })
const open = async (page: Page, path: string, overrides: Parameters<typeof fakeApi>[1] = {}) => {
  await page.route('http://127.0.0.1:1/get/*', (route) => route.fulfill(PICTURE))
  await page.route('http://127.0.0.1:1/put/*', (route) => route.fulfill({ status: 200, headers: CORS }))
  await fakeApi(page, {
    ...overrides,
    ...Object.fromEntries(
      Object.entries({ ...productStore(), ...requirementStore(), ...assetStore() }).filter(([key]) => !(key in overrides)),
    ),
  })
  await page.goto(path)
}

test('assets form a grid with pictures, approval and suspect marks', async ({ page }) => {
  await open(page, TAB)
  await expect(card(page, 'Probe head')).toContainText('Approved')
  await expect(card(page, 'Probe head')).toContainText('Suspect')
  await expect(card(page, 'Probe head').getByRole('img')).toHaveJSProperty('naturalWidth', 2)
  await expect(card(page, 'Battery specification').getByRole('img', { name: 'PDF' })).toBeVisible()
  await expect(card(page, 'Antenna')).toContainText('Quarantined')
  await page.getByLabel('Find assets').fill('probe')
  await expect(page).toHaveURL(/text=probe/)
  await expect(card(page, 'Bill of materials')).toHaveCount(0)
})

test('a file is uploaded for a requirement; unsupported ones are refused', async ({ page }) => {
  const sent: unknown[] = []
  const store = assetStore()
  await open(page, TAB, {
    ...store,
    'POST /api/products/([^/]+)/assets': (request) => {
      sent.push(request.body)
      return store['POST /api/products/([^/]+)/assets'](request)
    },
  })
  await page.getByLabel('Asset kind').selectOption('Drawing')
  await page.getByLabel('For requirement').click()
  await page.getByRole('combobox', { name: 'None' }).fill('battery')
  await page.keyboard.press('Enter')
  await page.getByLabel('Files').setInputFiles([
    { name: 'Cover.png', mimeType: '', buffer: Buffer.from('png') },
    { name: 'setup.exe', mimeType: '', buffer: Buffer.from('MZ') },
  ])
  await expect(page.getByRole('alert')).toContainText('setup.exe has an unsupported file type')
  await expect(page.getByText('Cover.png is available')).toBeVisible()
  await expect(card(page, 'Cover')).toContainText('ORB-R6')
  expect(sent).toEqual([expect.objectContaining({ file_name: 'Cover.png', kind: 'drawing', requirement_id: requirementId(6) })])
})

test('a suspect asset is confirmed, rejected and gets a new version', async ({ page }) => {
  await open(page, TAB)
  await page.getByRole('button', { name: 'Probe head' }).press('Enter')
  await expect(page).toHaveURL(/asset=/)
  const panel = page.getByRole('dialog', { name: 'Probe head' })
  await expect(panel).toContainText('Good to mill.')
  await panel.getByRole('button', { name: 'Confirm' }).click()
  await expect(panel.getByText('Suspect')).toHaveCount(0)
  await panel.getByLabel('What’s new').fill('Steel instead of brass')
  await panel.getByLabel('New version file').setInputFiles({ name: 'probe.png', mimeType: '', buffer: Buffer.from('png') })
  await expect(panel.getByText('Version 4')).toBeVisible()
  await expect(panel.getByRole('region', { name: 'Approval' })).toContainText('Draft')
  await panel.getByLabel('Decision note').fill('Too heavy.')
  await panel.getByRole('button', { name: 'Reject' }).click()
  await expect(panel.getByRole('region', { name: 'Approval' })).toContainText('Rejected')
  await expect(panel).toContainText('Too heavy.')
  await panel.getByRole('button', { name: 'Request approval again' }).click()
  await expect(panel.getByRole('region', { name: 'Approval' })).toContainText('In review')
  await panel.getByRole('button', { name: 'Preview', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Probe head' }).last().getByRole('img')).toBeVisible()
})

test('an asset is renamed and deleted', async ({ page }) => {
  await open(page, `${TAB}?asset=${assetId(4)}`)
  const panel = page.getByRole('dialog', { name: 'Field in Thuringia' })
  await panel.getByLabel('Name').fill('Test field')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Test field saved')).toBeVisible()
  await page.getByRole('dialog', { name: 'Test field' }).getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete this asset?' }).getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('Test field deleted')).toBeVisible()
  await expect(card(page, 'Test field')).toHaveCount(0)
})

test('a team member only views; empty and failed lists explain themselves', async ({ page }) => {
  let broken = true
  await open(page, TAB, {
    ...signedIn(people.tomas),
    'GET /api/products/([^/]+)/assets': () => (broken ? problem(500, 'internal', 'Something went wrong on our side') : listOf([])),
  })
  await expect(page.getByRole('alert')).toContainText('Something went wrong on our side')
  broken = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'No assets yet' })).toBeVisible()
  await expect(page.getByLabel('Files')).toHaveCount(0)
  await page.goto(`${TAB}?asset=${assetId(1)}`)
  const panel = page.getByRole('dialog', { name: 'Probe head' })
  await expect(panel.getByRole('button', { name: 'Download', exact: true })).toBeVisible()
  await expect(panel.getByRole('button', { name: /Approve|Reject|Delete|Confirm|Save/ })).toHaveCount(0)
})
