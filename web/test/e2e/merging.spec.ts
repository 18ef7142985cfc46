import { expect, test } from '@playwright/test'
import type { Investor } from '../../src/api/types'
import { fakeApi, investors } from '../fake-api'
import { investorStore } from '../fake-investors'

const twin = (n: number, more: Partial<Investor>): Investor => ({
  ...investors[0]!,
  id: `0199f000-0000-7000-8000-0000000008${n}0`,
  tags: [],
  country: null,
  ...more,
})
const STAYS = twin(1, { name: 'Twin Peaks Capital', tier: 'gold', tags: ['alps'] })
const GOES = twin(2, { name: 'TWIN PEAKS Ltd', tier: 'silver', email: 'office@twin.example', tags: ['seed'], notes: 'Met in Bern.' })

test('a likely duplicate is shown before creating an investor', async ({ page }) => {
  await fakeApi(page, investorStore([STAYS]))
  await page.goto('/investors?create=true')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Tw')
  await dialog.getByLabel('Name').fill('Twin Peaks')
  await expect(dialog.getByText('This investor may already exist')).toBeVisible()
  await expect(dialog.getByText('same name, same phone number')).toBeVisible()
  await dialog.getByLabel('Name').fill('Somebody else')
  await expect(dialog.getByText('This investor may already exist')).toHaveCount(0)
  await dialog.getByLabel('Name').fill('Twin Peaks')
  await dialog.getByRole('link', { name: /Twin Peaks Capital/ }).click()
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Discard' }).click()
  await expect(page).toHaveURL(new RegExp(`/investors/${STAYS.id}`))
})

test('a duplicate is compared field by field and merged', async ({ page }) => {
  const sent: unknown[] = []
  const store = investorStore([STAYS, GOES])
  const merge = store['POST /api/investors/([^/]+)/merges']
  await fakeApi(page, {
    ...store,
    'POST /api/investors/([^/]+)/merges': (request) => {
      sent.push(request.body)
      return merge(request)
    },
  })
  await page.goto(`/investors/${STAYS.id}`)
  await expect(page.getByRole('region', { name: 'Possible duplicates' })).toContainText('TWIN PEAKS Ltd')
  await page.getByRole('button', { name: 'Compare' }).click()
  await expect(page).toHaveURL(/merge=/)
  const panel = page.getByRole('dialog')
  await expect(panel.getByText('Email is copied: office@twin.example')).toBeVisible()
  await expect(panel.getByText('Added tags: seed')).toBeVisible()
  await expect(panel.getByText('Its notes are copied.')).toBeVisible()
  await panel.getByRole('group', { name: 'Tier' }).getByLabel('Silver').check()
  await panel.getByRole('button', { name: 'Merge investors' }).click()
  await expect(page.getByText('TWIN PEAKS Ltd merged into Twin Peaks Capital')).toBeVisible()
  await expect(panel).toHaveCount(0)
  expect(sent).toEqual([{ absorbed_id: GOES.id, absorbed_version: 1, changes: { tier: 'silver' } }])
  await expect(page.getByRole('region', { name: 'Possible duplicates' })).toHaveCount(0)
})

test('the other investor is found by name, using the keyboard', async ({ page }) => {
  const hit = { kind: 'investor', id: GOES.id, name: GOES.name, investor_kind: 'fund', tier: 'silver' }
  await fakeApi(page, { ...investorStore([STAYS, GOES]), 'GET /api/search': () => ({ body: { items: [hit] } }) })
  await page.goto(`/investors/${STAYS.id}`)
  await page.getByRole('button', { name: 'Merge', exact: true }).click()
  await expect(page.getByPlaceholder('Find an investor')).toBeFocused()
  await page.keyboard.type('twin')
  await expect(page.getByRole('list', { name: 'Search results' }).getByRole('button', { name: /TWIN PEAKS Ltd/ })).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Merge investors' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page).not.toHaveURL(/merge=/)
})

test('a merged investor’s URL leads to the surviving one', async ({ page }) => {
  const store = investorStore([STAYS])
  const one = store['GET /api/investors/([^/]+)']
  // How the browser follows the API's 308.
  await fakeApi(page, {
    ...store,
    'GET /api/investors/([^/]+)': (request) => (request.match[1] === GOES.id ? { body: STAYS } : one(request)),
  })
  await page.goto(`/investors/${GOES.id}`)
  await expect(page).toHaveURL(new RegExp(`/investors/${STAYS.id}`))
  await expect(page.getByRole('heading', { name: STAYS.name })).toBeVisible()
})

test('the progress of a merge is shown', async ({ page }) => {
  const merge = {
    investor_id: STAYS.id,
    absorbed_id: GOES.id,
    absorbed_name: GOES.name,
    merged_at: '2026-11-21T10:00:00Z',
    merged_by: STAYS.created_by,
    merged_by_name: 'Ada',
    status: 'running',
    moved: 12,
    left_behind: 0,
    finished_at: null,
  }
  await fakeApi(page, {
    ...investorStore([STAYS]),
    'GET /api/investors/([^/]+)/merges': () => ({ body: { items: [merge], next_cursor: null } }),
  })
  await page.goto(`/investors/${STAYS.id}`)
  await expect(page.getByText('Moving items from TWIN PEAKS Ltd to this investor: 12 moved so far.')).toBeVisible()
})
