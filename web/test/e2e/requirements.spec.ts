import { expect, test, type Page } from '@playwright/test'
import { fakeApi, page as listOf, problem } from '../fake-api'
import { ORBIT, people, productStore, signedIn } from '../fake-products'
import { baselines, requirementId, requirementStore } from '../fake-requirements'

const LIST = `/products/${ORBIT}/requirements`
const one = (n: number) => `${LIST}/${requirementId(n)}`
const rows = (page: Page) => page.getByRole('grid', { name: 'Requirements' }).getByRole('row')
const row = (page: Page, title: string) => rows(page).filter({ hasText: title })
const open = async (page: Page, path: string, overrides: Parameters<typeof fakeApi>[1] = {}) => {
  await fakeApi(page, {
    ...overrides,
    ...Object.fromEntries(Object.entries({ ...productStore(), ...requirementStore() }).filter(([key]) => !(key in overrides))),
  })
  await page.goto(path)
}

test('requirements are nested, collapse and open by keyboard', async ({ page }) => {
  await open(page, LIST)
  await expect(rows(page).nth(1)).toContainText('ORB-R1')
  await expect(rows(page).nth(2)).toContainText('ORB-R3')
  await expect(rows(page).nth(3)).toContainText('ORB-R5')
  await page.getByRole('button', { name: 'Collapse ORB-R1, 1 child' }).click()
  await expect(row(page, 'Calibrate')).toHaveCount(0)
  await page.getByRole('grid', { name: 'Requirements' }).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await expect(row(page, 'Calibrate')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Measure soil moisture' })).toBeVisible()
})

test('filters and text are in the URL, results flat', async ({ page }) => {
  await open(page, LIST)
  await page.getByLabel('Find requirements').fill('jira')
  await expect(page).toHaveURL(/text=jira/)
  await expect(rows(page)).toHaveCount(2)
  await page.goto(`${LIST}?priority=critical&status=open`)
  await expect(row(page, 'Run two years')).toBeVisible()
  await expect(rows(page)).toHaveCount(2)
  await page.goto(`${LIST}?text=nowhere`)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(row(page, 'Measure soil moisture')).toBeVisible()
})

test('a requirement is created by keyboard with a link', async ({ page }) => {
  const sent: unknown[] = []
  const store = requirementStore()
  await open(page, LIST, {
    ...store,
    'POST /api/products/([^/]+)/requirements': (request) => {
      sent.push(request.body)
      return store['POST /api/products/([^/]+)/requirements']!(request)
    },
  })
  await expect(row(page, 'Measure soil moisture')).toBeVisible()
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog', { name: 'New requirement' })
  await dialog.getByRole('button', { name: 'Create requirement' }).click()
  await expect(dialog.getByText('Enter a title.')).toBeVisible()
  await dialog.getByLabel('Title').fill('Survive a tractor')
  await dialog.getByRole('button', { name: 'Add criterion' }).click()
  await page.keyboard.type('Carries 5 t')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Reports the blow')
  await dialog.getByRole('button', { name: 'Add link' }).click()
  await dialog.getByLabel('Type of link 1').selectOption('Depends on')
  await dialog.getByRole('button', { name: 'Choose a requirement' }).click()
  await page.getByRole('combobox', { name: 'Choose a requirement' }).fill('battery')
  await page.keyboard.press('Enter')
  await dialog.getByLabel('External ID').fill('JIRA-881')
  await dialog.getByRole('button', { name: 'Create requirement' }).click()
  await expect(dialog.getByText('Another requirement of this product already uses this external ID.')).toBeVisible()
  await dialog.getByLabel('External ID').fill('')
  await dialog.getByRole('button', { name: 'Create requirement' }).click()
  await expect(row(page, 'Survive a tractor')).toBeVisible()
  expect(sent.at(-1)).toEqual({
    title: 'Survive a tractor',
    priority: 'medium',
    status: 'draft',
    acceptance_criteria: ['Carries 5 t', 'Reports the blow'],
    links: [{ requirement_id: requirementId(6), kind: 'depends_on' }],
  })
})

test('a suspect link shows what changed and is confirmed', async ({ page }) => {
  await open(page, one(6))
  const links = page.getByRole('list', { name: 'Links' }).getByRole('listitem')
  await expect(links.filter({ hasText: 'ORB-R1' })).toContainText('Suspect')
  await expect(links.filter({ hasText: 'ORB-R2' })).not.toContainText('Suspect')
  await expect(links.filter({ hasText: 'A deleted requirement' })).toContainText('Suspect')
  await page.getByRole('button', { name: 'Confirm the link to ORB-R1' }).press('Enter')
  await expect(page.getByText('Link to ORB-R1 confirmed')).toBeVisible()
  await expect(links.filter({ hasText: 'ORB-R1' })).not.toContainText('Suspect')
  await expect(links.filter({ hasText: 'A deleted requirement' })).toContainText('Suspect')
})

test('versions are compared and an old one restored', async ({ page }) => {
  await open(page, one(1))
  await page.getByLabel('Select version 1').check()
  await page.getByLabel('Select version 3').check()
  await page.getByRole('button', { name: 'Compare' }).click()
  await expect(page).toHaveURL(/from=1&to=3/)
  const dialog = page.getByRole('dialog', { name: 'ORB-R1: what changed' })
  await expect(dialog.locator('ins').filter({ hasText: 'soil' })).toBeVisible()
  await expect(dialog.locator('del').filter({ hasText: '20' }).first()).toBeVisible()
  await expect(dialog).toContainText('Depends on ORB-R2 Send readings over LoRaWAN (version 1)')
  await expect(dialog).toContainText('Beta with growers')
  await dialog.getByRole('button', { name: 'Restore version 1' }).click()
  await expect(page.getByText('Version 1 of ORB-R1 restored')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'ORB-R1 Measure moisture' })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('heading', { name: 'ORB-R1 Measure soil moisture' })).toBeVisible()
})

test('a requirement is edited over a conflict and deleted', async ({ page }) => {
  let stale = true
  const store = requirementStore()
  const key = 'PATCH /api/products/([^/]+)/requirements/([^/]+)'
  await open(page, one(5), {
    ...store,
    [key]: (request) => {
      if (!stale) return store[key]!(request)
      stale = false
      store[key]!({ ...request, body: { priority: 'high' } })
      return problem(412, 'stale_version', 'Someone else changed it')
    },
  })
  await expect(page.getByRole('heading', { name: 'Choose the kind of soil' })).toBeVisible()
  await page.keyboard.press('e')
  const panel = page.getByRole('dialog', { name: 'Edit ORB-R5' })
  await panel.getByLabel('Title').fill('Choose the soil')
  await panel.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { name: 'ORB-R5 Choose the soil' })).toBeVisible()
  await page.keyboard.press('e')
  await expect(panel.getByLabel('Priority')).toHaveValue('high')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Actions for this requirement' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete ORB-R5?' }).getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('ORB-R5 deleted')).toBeVisible()
  await expect(page).toHaveURL(new RegExp(`${LIST}$`))
  await expect(row(page, 'Choose the soil')).toHaveCount(0)
})

test('a baseline is created and compared', async ({ page }) => {
  await open(page, `${LIST}/baselines`)
  await page.getByRole('button', { name: 'New baseline' }).click()
  await page.getByRole('dialog', { name: 'New baseline' }).getByLabel('Name').fill('Signed')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Signed created')).toBeVisible()
  await page.getByRole('link', { name: 'Agreed with the pilot growers' }).click()
  await expect(page.getByRole('region', { name: 'Added' })).toContainText('ORB-R7')
  await expect(page.getByRole('region', { name: 'Deleted' })).toContainText('A display on the device')
  await page
    .getByRole('region', { name: 'Changed' })
    .getByRole('button', { name: /ORB-R1/ })
    .click()
  await expect(page.locator('ins').filter({ hasText: 'soil' })).toBeVisible()
  await page.getByLabel('Compare with').selectOption('First draft')
  await expect(page).toHaveURL(new RegExp(`with=${baselines[1]!.id}`))
  await expect(page.getByRole('heading', { name: 'No differences' })).toBeVisible()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('list', { name: 'Baselines' }).getByRole('listitem')).toHaveCount(2)
})

test('a team member only reads; empty and failed lists explain', async ({ page }) => {
  let broken = true
  await open(page, LIST, {
    ...signedIn(people.tomas),
    'GET /api/products/([^/]+)/requirements': () => (broken ? problem(500, 'internal', 'Something went wrong on our side') : listOf([])),
  })
  await expect(page.getByRole('alert')).toContainText('Something went wrong on our side')
  broken = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'No requirements yet' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'New requirement' })).toHaveCount(0)
  await page.goto(one(6))
  await expect(page.getByRole('list', { name: 'Links' })).toContainText('Suspect')
  await expect(page.getByRole('button', { name: /^Confirm|^Edit|^Restore/ })).toHaveCount(0)
})
