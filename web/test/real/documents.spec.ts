import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { DocumentUpload } from '../../src/api/types'
import { pdf, png } from '../files'
import { ADMIN, expect, MANAGER, otherBrowser, setUp, signIn, test } from './steward'

// Files from the drop zone through the storage and its check, and back.

interface Sent {
  name: string
  type: string
  content: Buffer
}

/** Drops files like a person, with the events a browser sends. */
async function drop(page: Page, files: readonly Sent[]): Promise<void> {
  const plain = files.map(({ name, type, content }) => ({ name, type, text: content.toString('base64') }))
  const transfer = await page.evaluateHandle((sent) => {
    const data = new DataTransfer()
    for (const { name, type, text } of sent) {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
      data.items.add(new File([bytes], name, { type }))
    }
    return data
  }, plain)
  const zone = page.getByText('Drop files here')
  await zone.dispatchEvent('dragenter', { dataTransfer: transfer })
  await page.getByText('Drop to upload').dispatchEvent('drop', { dataTransfer: transfer })
}

const row = (page: Page, title: string) => page.getByRole('list', { name: 'Documents' }).getByRole('listitem').filter({ hasText: title })

test('uploaded files are checked, previewed and seen by colleagues', async ({ browser, page, request, server }) => {
  const api = await setUp(request, server)
  const manager = await api.userCreate(MANAGER)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund', relationship_manager_id: manager.id })
  const other = await otherBrowser(browser, server, MANAGER)
  await other.goto(`/investors/${investor.id}/documents`)
  await expect(other.getByText('No documents yet')).toBeVisible()
  // The types the browser reports for the files.
  await page.addInitScript(() => {
    const types: string[] = []
    const create = URL.createObjectURL.bind(URL)
    URL.createObjectURL = (file) => {
      if (file instanceof Blob) types.push(file.type)
      return create(file)
    }
    Object.assign(globalThis, { made: types })
  })
  await signIn(page, ADMIN)
  await page.goto(`/investors/${investor.id}`)
  await page.getByRole('link', { name: 'Documents', exact: true }).click()
  const file = pdf('Subscription agreement')
  await drop(page, [
    { name: 'Agreement.pdf', type: 'application/pdf', content: file },
    { name: 'Chart.png', type: 'image/png', content: png() },
    { name: 'export.csv', type: 'application/vnd.ms-excel', content: Buffer.from('Name,Amount\nA,1\n') },
    { name: 'setup.exe', type: '', content: Buffer.from('MZ') },
  ])
  await expect(page.getByRole('alert')).toContainText('setup.exe has an unsupported file type')
  for (const title of ['Agreement', 'Chart', 'export']) await expect(row(page, title).getByText('Available')).toBeVisible()
  await expect(row(other, 'Agreement').getByText('Available')).toBeVisible()
  await expect(page.getByRole('list', { name: 'Uploads' })).toBeHidden()

  await page.getByRole('button', { name: 'Preview Chart' }).click()
  const picture = page.getByRole('dialog', { name: 'Chart' }).getByRole('img', { name: 'Chart' })
  await expect(picture).toBeVisible()
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(2)
  const shown = await picture.getAttribute('src')
  await page.keyboard.press('Escape')
  await expect(picture).toBeHidden()
  const left = await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const image = new Image()
        image.onload = () => resolve('there')
        image.onerror = () => resolve('revoked')
        image.src = url ?? ''
      }),
    shown,
  )
  expect(left).toBe('revoked')

  await page.getByRole('button', { name: 'Preview Agreement' }).click()
  const frame = page.getByRole('dialog', { name: 'Agreement' }).locator('iframe')
  await expect(frame).toHaveAttribute('src', /^blob:/)
  expect(await page.evaluate('made')).toEqual(['image/png', 'application/pdf'])
  await expect(page.getByRole('dialog', { name: 'Agreement' }).getByRole('alert')).toBeHidden()
  await page.keyboard.press('Escape')
  await expect(frame).toBeHidden()

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download Agreement' }).click()])
  expect(download.suggestedFilename()).toBe('Agreement.pdf')
  expect((await readFile(await download.path())).equals(file)).toBe(true)
  const audit = await api.call<{ items: { action: string }[] }>('GET', '/api/audit?limit=100')
  expect(audit.items.filter(({ action }) => action === 'document_download')).toHaveLength(3)
})

test('a file with a false type is quarantined and hidden', async ({ browser, page, request, server }) => {
  const api = await setUp(request, server)
  const manager = await api.userCreate(MANAGER)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund', relationship_manager_id: manager.id })
  await signIn(page, ADMIN)
  await page.goto(`/investors/${investor.id}/documents`)
  await drop(page, [{ name: 'statement.pdf', type: 'application/pdf', content: Buffer.from('MZ this is a program') }])
  await expect(row(page, 'statement').getByText('Quarantined')).toBeVisible()
  await expect(row(page, 'statement')).toContainText('doesn’t match the file type')
  await expect(page.getByRole('button', { name: 'Download statement' })).toBeHidden()
  const other = await otherBrowser(browser, server, MANAGER)
  await other.goto(`/investors/${investor.id}/documents`)
  await expect(other.getByText('No documents yet')).toBeVisible()
  await page.getByRole('button', { name: 'Actions for statement' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('No documents yet')).toBeVisible()
})

test('a document gets a new version and a new name', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund' })
  await signIn(page, ADMIN)
  await page.goto(`/investors/${investor.id}/documents`)
  const first = pdf('First')
  await drop(page, [{ name: 'Terms.pdf', type: 'application/pdf', content: first }])
  await expect(row(page, 'Terms').getByText('Available')).toBeVisible()
  await page.getByRole('link', { name: 'Terms' }).click()
  const panel = page.getByRole('dialog', { name: 'Terms' })
  await panel.getByLabel('New version file').setInputFiles({ name: 'Terms signed.pdf', mimeType: 'application/pdf', buffer: pdf('Second') })
  await expect(panel.getByText('Current')).toBeVisible()
  await expect(panel.getByRole('region', { name: 'Versions' }).getByRole('listitem').filter({ hasText: 'Version 2' })).toContainText(
    'Available',
  )
  const [download] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Download version 1' }).click()])
  expect((await readFile(await download.path())).equals(first)).toBe(true)

  await panel.getByRole('button', { name: 'Rename' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rename document' })
  await dialog.getByLabel('Description').fill('Signed by both')
  const path = new URL(page.url()).searchParams.get('document') ?? ''
  const { document } = await api.call<{ document: { version: number } }>('GET', `/api/investors/${investor.id}/documents/${path}`)
  await api.call(
    'PATCH',
    `/api/investors/${investor.id}/documents/${path}`,
    { title: 'Term sheet' },
    { 'if-match': `"${document.version}"` },
  )
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('dialog', { name: 'Term sheet' }).getByText('Signed by both')).toBeVisible()
})

test('a cancelled upload leaves nothing behind', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund' })
  await signIn(page, ADMIN)
  await page.goto(`/investors/${investor.id}/documents`)
  let letGo: () => void = () => undefined
  const held = new Promise<void>((resolve) => (letGo = resolve))
  await page.route('**/pending/**', async (route) => {
    await held
    await route.abort().catch(() => undefined)
  })
  await drop(page, [{ name: 'Agreement.pdf', type: 'application/pdf', content: pdf('x') }])
  await expect(page.getByRole('progressbar', { name: 'Uploading Agreement.pdf' })).toBeVisible()
  await expect
    .poll(async () => (await api.call<{ items: unknown[] }>('GET', `/api/investors/${investor.id}/documents`)).items.length)
    .toBe(1)
  await page.getByRole('button', { name: 'Cancel Agreement.pdf' }).click()
  letGo()
  await expect(page.getByText('No documents yet')).toBeVisible()
  await expect
    .poll(async () => (await api.call<{ items: unknown[] }>('GET', `/api/investors/${investor.id}/documents`)).items.length)
    .toBe(0)
})

test('a file announced elsewhere but never sent says so', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund' })
  const sha256 = createHash('sha256').update('x').digest('hex')
  await api.call<DocumentUpload>('POST', `/api/investors/${investor.id}/documents`, {
    file_name: 'lost.txt',
    content_type: 'text/plain',
    size: 1,
    sha256,
  })
  await signIn(page, ADMIN)
  await page.goto(`/investors/${investor.id}/documents`)
  await expect(row(page, 'lost')).toContainText('The file hasn’t arrived')
})

test('an investment’s file appears there and among documents', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const investor = await api.investorCreate({ name: 'Northwind Capital', kind: 'fund' })
  const commitment = { amount: '1000.00', currency: 'EUR' }
  const fund = await api.call<{ id: string }>('POST', `/api/investors/${investor.id}/investments`, {
    kind: 'equity',
    name: 'Growth Fund II',
    commitment,
    invested_on: '2025-01-10',
    status: 'active',
  })
  await signIn(page, ADMIN)
  await page.goto(`/investors/${investor.id}/investments/${fund.id}`)
  await expect(page.getByRole('heading', { name: 'Documents' })).toBeVisible()
  await drop(page, [{ name: 'Side letter.pdf', type: 'application/pdf', content: pdf('Side letter') }])
  const own = page.getByRole('list', { name: 'Documents about this investment' })
  await expect(own.getByRole('link', { name: /Side letter/ })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Uploads' })).toBeHidden()
  await own.getByRole('link', { name: /Side letter/ }).click()
  await expect(page).toHaveURL(/\/documents\?document=/)
  await expect(page.getByRole('dialog', { name: 'Side letter' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(row(page, 'Side letter').getByText('Available')).toBeVisible()
})
