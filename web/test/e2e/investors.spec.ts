import { expect, test, type Page } from '@playwright/test'
import { fakeApi, investors, me, page as listOf, problem } from '../fake-api'
import { investorStore } from '../fake-investors'

const rows = (page: Page) => page.getByRole('grid', { name: 'Investors' }).getByRole('row')
const row = (page: Page, name: string) => rows(page).filter({ hasText: name })

test('the list pages on scroll and renders only visible rows', async ({ page }) => {
  await fakeApi(page, investorStore())
  await page.goto('/investors')
  await expect(row(page, '3M').first()).toBeVisible()
  await expect(row(page, '3M').first()).toContainText('Bronze')
  await expect(row(page, '3M').first()).toContainText(me.name)
  expect(await rows(page).count()).toBeLessThan(50)
  const grid = page.getByRole('grid', { name: 'Investors' })
  await expect(grid).toHaveAttribute('aria-rowcount', '-1')
  await expect(async () => {
    await grid.evaluate((box) => box.scrollTo(0, box.scrollHeight))
    await expect(row(page, 'Zürcher Beteiligungen 12')).toBeVisible({ timeout: 300 })
  }).toPass()
  await expect(grid).toHaveAttribute('aria-rowcount', '121')
  // Row elements are recycled: each represents one row, in list order and at its position.
  const names = investors.map(({ name }) => name).sort((a, b) => a.localeCompare(b))
  for (const top of [1_300, 0, 3_333]) {
    await grid.evaluate((box, to) => box.scrollTo(0, to), top)
    await expect(async () => {
      const shown = await rows(page).evaluateAll((all) =>
        all
          .slice(1)
          .map(
            (one) =>
              [Number(one.ariaRowIndex), one.getBoundingClientRect().y, one.firstElementChild?.firstElementChild?.textContent] as const,
          ),
      )
      const [first, y] = shown[0] ?? [0, 0]
      expect(Math.abs(first - 2 - Math.floor(top / 40))).toBeLessThan(25)
      expect(shown.map(([index]) => index)).toEqual(shown.map((_, n) => first + n))
      expect(shown.map(([, at]) => Math.round(at))).toEqual(shown.map((_, n) => Math.round(y + n * 40)))
      expect(shown.map(([, , name]) => name)).toEqual(names.slice(first - 2, first - 2 + shown.length))
    }).toPass()
  }
})

test('filters are kept in the URL and can be cleared', async ({ page }) => {
  await fakeApi(page, investorStore())
  await page.goto('/investors')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Tier' }).click()
  await page.getByRole('menuitemradio', { name: 'Gold' }).click()
  await expect(page).toHaveURL(/tier=gold/)
  await expect(row(page, 'Helvetia Family Office').first()).toBeVisible()
  await expect(row(page, 'Northwind Capital')).toHaveCount(0)
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Tag' }).click()
  await page.getByRole('menuitemradio', { name: 'Industrials' }).click()
  await expect(page).toHaveURL(/tag=Industrials/)
  await page.goto('/investors?status=inactive&tag=Europe&tier=nonsense')
  await expect(page.getByRole('button', { name: 'Remove filter Status' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Remove filter Tag' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Remove filter Tier' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Clear all' }).click()
  await expect(page).toHaveURL(/\/investors$/)
  await page.goto('/investors?deleted=true')
  await expect(page.getByRole('heading', { name: 'No matching investors' })).toBeVisible()
})

test('the keyboard opens a row beside the list', async ({ page }) => {
  await fakeApi(page, investorStore())
  await page.goto('/investors')
  await expect(row(page, '3M').first()).toBeVisible()
  await page.getByRole('grid', { name: 'Investors' }).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  const panel = page.getByRole('dialog', { name: '3M', exact: true })
  await expect(panel).toBeVisible()
  await expect(page).toHaveURL(/investor=0199f000/)
  await expect(panel.getByRole('link', { name: 'Open page' })).toHaveAttribute('href', /^\/investors\/0199f000/)
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
})

test('a new investor shows errors at their fields', async ({ page }) => {
  await fakeApi(page, investorStore())
  await page.goto('/investors')
  await page.getByRole('button', { name: 'New investor' }).click()
  const dialog = page.getByRole('dialog', { name: 'New investor' })
  const send = dialog.getByRole('button', { name: 'Create', exact: false }).last()
  await send.click()
  await expect(dialog.getByText('Enter a name.')).toBeVisible()
  await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused()
  await dialog.getByLabel('Name', { exact: true }).fill('Quill & Co')
  await dialog.getByLabel('Phone').fill('x')
  await send.click()
  await expect(dialog.getByText('must be a phone number')).toBeVisible()
  await expect(dialog.getByLabel('Phone')).toBeFocused()
  await dialog.getByLabel('Phone').fill('+49 30 1234')
  await dialog.getByLabel('External key').fill('CRM-1')
  await send.click()
  await expect(dialog.getByText('Another investor, possibly a deleted one, already has this external key.')).toBeVisible()
  await expect(dialog.getByLabel('External key')).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByLabel('External key').fill('CRM-2')
  await send.click()
  await expect(page.getByText('Quill & Co created')).toBeVisible()
  await expect(dialog).toHaveCount(0)
})

test('an investor is deleted and the deletion undone', async ({ page }) => {
  await fakeApi(page, investorStore())
  await page.goto('/investors')
  await row(page, 'Aurelia Partners').first().click()
  const panel = page.getByRole('dialog', { name: 'Aurelia Partners', exact: true })
  await panel.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('Aurelia Partners deleted')).toBeVisible()
  await expect(panel).toHaveCount(0)
  await expect(page.getByRole('row', { name: /^Aurelia Partners (?!\d)/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Aurelia Partners restored')).toBeVisible()
  await expect(page.getByRole('row', { name: /^Aurelia Partners (?!\d)/ })).toBeVisible()
})

test('an edit beside the list sends only changes', async ({ page }) => {
  const sent: unknown[] = []
  const store = investorStore()
  const update = store['PATCH /api/investors/([^/]+)']
  await fakeApi(page, {
    ...store,
    'PATCH /api/investors/([^/]+)': (request) => {
      sent.push(request.body)
      return update(request)
    },
  })
  await page.goto('/investors')
  await row(page, 'Aurelia Partners').first().click()
  const panel = page.getByRole('dialog', { name: 'Aurelia Partners', exact: true })
  await panel.getByRole('button', { name: 'Edit' }).click()
  await panel.getByLabel('Tier').selectOption('Platinum')
  await panel.getByLabel('Email').fill('office@aurelia.example')
  await panel.getByRole('button', { name: 'Save' }).click()
  await expect(panel.getByRole('link', { name: 'office@aurelia.example' })).toBeVisible()
  await expect(page.getByRole('row', { name: /^Aurelia Partners (?!\d)/ })).toContainText('Platinum')
  expect(sent).toEqual([{ tier: 'platinum', email: 'office@aurelia.example' }])
})

test('actions without permission are not offered', async ({ page }) => {
  const analyst = { ...me, roles: ['analyst'], permissions: ['user_list', 'investor_read', 'investor_history_read'] }
  await fakeApi(page, { ...investorStore(), 'GET /api/me': () => ({ body: analyst }) })
  await page.goto('/investors')
  await row(page, 'Aurelia Partners').first().click()
  const panel = page.getByRole('dialog', { name: 'Aurelia Partners', exact: true })
  await expect(panel.getByRole('link', { name: 'Open page' })).toBeVisible()
  await expect(panel.getByRole('button', { name: /Delete|Edit/ })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'New investor' })).toHaveCount(0)
})

test('a relationship manager has every filter except manager', async ({ page }) => {
  const manager = {
    ...me,
    roles: ['relationship_manager'],
    permissions: ['user_list', 'investor_read', 'investor_create', 'investor_update', 'investor_delete'],
  }
  await fakeApi(page, { ...investorStore(), 'GET /api/me': () => ({ body: manager }) })
  await page.goto('/investors?create=true')
  await expect(page.getByRole('dialog').getByLabel('Name', { exact: true })).toBeVisible()
  await expect(page.getByRole('dialog').getByText('Relationship manager')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await expect(page.getByRole('menuitem', { name: 'Tier' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Manager' })).toHaveCount(0)
})

test('empty and failed lists explain what to do', async ({ page }) => {
  await fakeApi(page, { ...investorStore(), 'GET /api/investors': () => listOf([]) })
  await page.goto('/investors')
  await expect(page.getByRole('heading', { name: 'No investors yet' })).toBeVisible()
  await expect(page.getByRole('main').getByRole('link', { name: /Import/ })).toHaveAttribute('href', '/imports/new')
  const broken = await page.context().newPage()
  await fakeApi(broken, { ...investorStore(), 'GET /api/investors': () => problem(500, 'internal', 'Something went wrong on our side') })
  await broken.goto('/investors')
  await expect(broken.getByRole('alert')).toContainText('Something went wrong on our side')
  await expect(broken.getByRole('button', { name: 'Try again' })).toBeVisible()
})
