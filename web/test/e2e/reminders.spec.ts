import { expect, test } from '@playwright/test'
import type { NewReminder } from '../../src/api/types'
import { fakeApi, investors, page as listOf, problem } from '../fake-api'
import { investorStore } from '../fake-investors'
import { reminderStore, someReminders } from '../fake-reminders'

const ADDRESS = `/investors/${investors[0]?.id ?? ''}`
const ONE = 'api/investors/([^/]+)/reminders/([^/]+)'
const both = () => ({ ...investorStore(), ...reminderStore() })

test('a recurring reminder is created and sorted by due time', async ({ page }) => {
  let sent: NewReminder | undefined
  const routes = both()
  await fakeApi(page, {
    ...routes,
    'POST /api/investors/([^/]+)/reminders': (request) => {
      sent = request.body as NewReminder
      return routes['POST /api/investors/([^/]+)/reminders'](request)
    },
  })
  await page.goto(ADDRESS)
  await page.getByRole('button', { name: 'Set a reminder' }).click()
  const dialog = page.getByRole('dialog', { name: 'New reminder' })
  await dialog.getByRole('button', { name: 'Set reminder' }).click()
  await expect(dialog.getByText('Enter a message.')).toBeVisible()
  await dialog.getByLabel('Message').fill('Send the term sheet')
  await dialog.getByLabel('When').fill('2031-03-30T02:30')
  await expect(dialog.getByText('The clocks skip this time on that day', { exact: false })).toBeVisible()
  await dialog.getByLabel('When').fill('2031-03-31T09:00')
  await dialog.getByLabel('Repeats').selectOption('Weekly')
  await dialog.getByLabel('Interval in weeks').fill('0')
  await dialog.getByRole('button', { name: 'Set reminder' }).click()
  await expect(dialog.getByText('Enter a number from 1 to 99.')).toBeVisible()
  await dialog.getByLabel('Interval in weeks').fill('2')
  await dialog.getByRole('button', { name: 'Set reminder' }).click()
  await expect(page.getByText('Reminder set')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'Send the term sheet' })).toContainText('every 2 weeks')
  expect(sent).toMatchObject({
    due_local: '2031-03-31T09:00',
    time_zone: 'Europe/Berlin',
    recurrence: { frequency: 'weekly', interval: 2 },
  })
})

test('done can be undone; edits don’t overwrite newer versions', async ({ page }) => {
  const routes = both()
  let refusals = 1
  await fakeApi(page, {
    ...routes,
    [`PATCH /${ONE}`]: (request: Parameters<(typeof routes)['GET /api/reminders']>[0]) => {
      if (refusals > 0) {
        refusals -= 1
        routes[`PATCH /${ONE}`]?.({ ...request, body: { message: 'Call about the second fund' } })
        return problem(412, 'stale_version', 'Precondition Failed')
      }
      return routes[`PATCH /${ONE}`]?.(request) ?? problem(500, 'internal', 'No')
    },
  })
  await page.goto(ADDRESS)
  const row = page
    .getByRole('listitem')
    .filter({ hasText: 'Call about' })
    .filter({ has: page.getByRole('button', { name: 'More' }) })
  await row.getByRole('button', { name: 'Done' }).click()
  await expect(row).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row).toHaveCount(1)
  await row.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit reminder' })
  await dialog.getByLabel('When').fill('2031-03-31T09:00')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Reminder saved')).toBeVisible()
  await row.filter({ hasText: 'Call about the second fund' }).getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await expect(dialog.getByLabel('When')).toHaveValue('2031-03-31T09:00')
})

test('reminders are worked through by keyboard', async ({ page }) => {
  await fakeApi(page, both())
  await page.goto('/investors')
  await page.getByRole('grid').waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await expect(page).toHaveURL(/\/reminders$/)
  const rows = page.getByRole('row').filter({ has: page.getByRole('gridcell') })
  await expect(rows).toHaveCount(5)
  await expect(rows.first()).toContainText('Ask for the tax certificate')
  await page.keyboard.press('j')
  await page.keyboard.press('o')
  await expect(page.getByText('Not sent after 5 tries: the recipient no longer has access to this investor.')).toBeVisible()
  await page.keyboard.press('s')
  await page
    .getByRole('dialog', { name: 'Remind again' })
    .getByRole('button', { name: /^In 1 hour/ })
    .click()
  await expect(page.getByText(/^Due in (1 hour|59 minutes)/).first()).toBeVisible()
  await expect(rows.first()).toContainText('Send the signed subscription documents')
  await page.keyboard.press('d')
  await expect(rows).toHaveCount(4)
  await page.getByRole('link', { name: 'Done' }).click()
  await expect(page).toHaveURL(/show=done/)
  await expect(rows).toHaveCount(2)
})

test('reminders filter by time; deleting a series asks first', async ({ page }) => {
  await fakeApi(page, both())
  await page.goto('/reminders?due=week')
  const rows = page.getByRole('row').filter({ has: page.getByRole('gridcell') })
  await expect(rows).toHaveCount(4)
  await page.getByRole('button', { name: 'Remove filter Due' }).click()
  await expect(rows).toHaveCount(5)
  await rows.last().getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete this reminder?' }).getByRole('button', { name: 'Delete' }).click()
  await expect(rows).toHaveCount(4)
  const empty = await page.context().newPage()
  await fakeApi(empty, { ...both(), ...reminderStore([]) })
  await empty.goto('/reminders')
  await expect(empty.getByRole('heading', { name: 'No reminders yet' })).toBeVisible()
  await expect(empty.getByRole('link', { name: 'Choose an investor' })).toBeVisible()
})

test('the timeline can show only reminders', async ({ page }) => {
  const [reminder] = someReminders()
  const asked: (string | null)[] = []
  await fakeApi(page, {
    ...both(),
    'GET /api/investors/([^/]+)/timeline': ({ url }) => {
      asked.push(url.searchParams.get('kind'))
      return listOf([{ id: reminder!.id, kind: 'reminder', at: reminder!.created_at, reminder }])
    },
  })
  await page.goto(ADDRESS)
  const timeline = page.getByRole('region', { name: 'Timeline' })
  await expect(timeline.getByText('set a reminder')).toBeVisible()
  await timeline.getByRole('button', { name: 'Reminders' }).click()
  await expect.poll(() => asked.at(-1)).toBe('reminder')
})
