import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { fakeApi, me } from '../fake-api'
import { ORBIT, people, productStore, signedIn } from '../fake-products'
import { requirementStore } from '../fake-requirements'
import { taskStore } from '../fake-tasks'

const PAGES = ['\uFEFFname,tier\r\nNorthwind Capital,gold\r\n', 'Aurelia Partners,gold\r\n']

test('investors are exported with the current filters', async ({ page }) => {
  const asked: string[] = []
  await fakeApi(page, {
    'GET /api/exports/investors': ({ url }) => {
      asked.push(url.search)
      const next: Record<string, string> = url.searchParams.has('cursor')
        ? {}
        : { link: `<${url.pathname}${url.search}&cursor=c2>; rel="next"` }
      return { text: PAGES[asked.length - 1] ?? '', headers: { 'x-row-count': '1', ...next } }
    },
  })
  await page.goto('/investors?tier=gold')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^investors-\d{4}-\d\d-\d\d\.csv$/)
  expect(await readFile(await file.path(), 'utf8')).toBe(PAGES.join(''))
  await expect(page.getByText('2 rows')).toBeVisible()
  expect(asked).toEqual(['?tier=gold', '?tier=gold&cursor=c2'])
})

test('an export is cancelled; a failed one gives the reason', async ({ page }) => {
  await fakeApi(page, {
    'GET /api/exports/users': ({ url }) => ({
      text: '\uFEFFname\r\nA\r\n',
      headers: { 'x-row-count': '1', link: `<${url.pathname}?cursor=again>; rel="next"` },
    }),
    'GET /api/users': () => ({ body: { items: [me], next_cursor: null } }),
  })
  await page.goto('/users')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  await expect(page.getByRole('status').filter({ hasText: /rows?…/ })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel the export' }).click()
  await expect(page.getByRole('button', { name: 'Export CSV' })).toBeVisible()
  await page.goto('/audit')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  await expect(page.getByRole('region', { name: 'Messages' }).getByRole('alert')).toContainText('Export failed')
})

test('permitted users export product data and import tasks', async ({ page }) => {
  const asked: string[] = []
  const csv = ({ url }: { url: URL }) => {
    asked.push(url.pathname.replace(/.*\//, '') + url.search)
    return { text: '\uFEFFnumber\r\n1\r\n', headers: { 'x-row-count': '1' } }
  }
  await fakeApi(page, { ...taskStore().handlers, 'GET /api/exports/products/[^/]+/([^/]+)': csv })
  await page.goto(`/products/${ORBIT}/tasks?priority=critical`)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  expect((await download).suggestedFilename()).toMatch(/^tasks-/)
  await page.getByRole('link', { name: 'Import tasks' }).click()
  await expect(page.getByRole('heading', { name: 'Import tasks' })).toBeVisible()
  await expect(page).toHaveURL(new RegExp(`kind=tasks&product=${ORBIT}`))
  await page.goto(`/products/${ORBIT}`)
  const comments = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export comments' }).click()
  expect((await comments).suggestedFilename()).toMatch(/^orb-comments-/)
  await page.goto(`/products/${ORBIT}/team`)
  const team = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export the team' }).click()
  expect((await team).suggestedFilename()).toMatch(/^orb-members-/)
  expect(asked).toEqual(['tasks?priority=critical', 'comments', 'members'])
})

test('users without permission see no export or import', async ({ page }) => {
  await fakeApi(page, { ...taskStore().handlers, ...signedIn(people.tomas) })
  await page.goto(`/products/${ORBIT}/tasks`)
  await expect(page.getByRole('grid', { name: 'Tasks' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Import tasks' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Export CSV' })).toHaveCount(0)
  await page.goto(`/products/${ORBIT}`)
  await expect(page.getByRole('heading', { name: 'Details' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Exports' })).toHaveCount(0)
})

test('requirements are imported from their list', async ({ page }) => {
  await fakeApi(page, { ...productStore(), ...requirementStore() })
  await page.goto(`/products/${ORBIT}/requirements`)
  await page.getByRole('link', { name: 'Import requirements' }).click()
  await expect(page.getByRole('heading', { name: 'Import requirements' })).toBeVisible()
})

test('a product report is saved under the server’s name', async ({ page }) => {
  await fakeApi(page, {
    ...productStore(),
    'GET /api/products/([^/]+)/report': () => ({
      text: '%PDF-',
      headers: { 'content-disposition': 'attachment; filename="Orbit 2026-11-21.pdf"' },
    }),
  })
  await page.goto(`/products/${ORBIT}`)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Report (PDF)' }).click()
  expect((await download).suggestedFilename()).toBe('Orbit 2026-11-21.pdf')
  await expect(page.getByText('Report saved')).toBeVisible()
})
