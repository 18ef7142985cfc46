import { expect, test, type Page } from '@playwright/test'
import { fakeApi, page as listOf, problem } from '../fake-api'
import { ORBIT, people, productStore, products, signedIn } from '../fake-products'
import { ruleId, ruleStore } from '../fake-rules'

const TAB = `/products/${ORBIT}/rules`
const row = (page: Page, name: string) => page.getByRole('list', { name: 'Rules' }).getByRole('listitem').filter({ hasText: name })
const more = async (page: Page, name: string, item: string) => {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

async function open(page: Page, overrides: Parameters<typeof fakeApi>[1] = {}, path = TAB) {
  const rules = ruleStore()
  const sent: unknown[] = []
  page.on('request', (request) => {
    if (/\/rules/.test(request.url()) && request.method() !== 'GET') sent.push(request.postDataJSON())
  })
  const fake = await fakeApi(page, {
    ...overrides,
    ...Object.fromEntries(Object.entries({ ...productStore(), ...rules.handlers }).filter(([key]) => !(key in overrides))),
  })
  await page.goto(path)
  return { ...rules, ...fake, sent }
}

test('rules read as sentences with whom they act for', async ({ page }) => {
  await open(page)
  await expect(row(page, 'Blocked work alert')).toContainText(
    'When a task becomes Blocked, then notify the product owner: “Work is blocked: who can help?”.',
  )
  await expect(row(page, 'Blocked work alert')).toContainText('Acts for Lena Hartmann')
  await expect(row(page, 'Overdue work first')).toContainText(
    'When a task is overdue and its priority is High and it has the label “field test”, then set its priority to Critical, add the label “late” and notify the assignee: “This is late now”.',
  )
  await expect(row(page, 'Firmware goes to Tomás')).toContainText('Paused')
  await expect(row(page, 'Firmware goes to Tomás')).toContainText('assign it to Tomás Rivera')
})

test('a rule is built as a sentence with inline errors', async ({ page }) => {
  const { sent } = await open(page)
  await expect(row(page, 'Blocked work alert')).toBeVisible()
  await page.keyboard.press('c')
  const panel = page.getByRole('dialog', { name: 'New rule' })
  await panel.getByRole('button', { name: 'Create rule' }).click()
  await expect(panel.getByLabel('Name', { exact: true })).toBeFocused()
  await expect(panel.getByText('Enter a message.')).toBeVisible()
  await panel.getByLabel('Name', { exact: true }).fill('Reviews are quick')
  await panel.getByLabel('If it becomes').selectOption('In review')
  await panel.getByLabel('If priority is').selectOption('Critical')
  await panel.getByLabel('Recipient').selectOption('the watchers')
  await panel.getByLabel('Message').fill('Please have a look')
  await expect(panel.getByText('Enter a message.')).toHaveCount(0)
  await panel.getByRole('button', { name: 'Add action' }).click()
  const second = panel.getByRole('listitem', { name: 'Action 2' })
  await second.getByLabel('And').selectOption('assign it to')
  await second.getByLabel('Person').selectOption('Yuki Tanaka')
  await expect(panel.getByRole('status', { name: 'Rule summary' })).toHaveText(
    'When a task becomes In review and its priority is Critical, then notify the watchers: “Please have a look” and assign it to Yuki Tanaka.',
  )
  await panel.getByRole('button', { name: 'Create rule' }).click()
  await expect(panel).toHaveCount(0)
  await expect(row(page, 'Reviews are quick')).toContainText('assign it to Yuki Tanaka')
  expect(sent).toEqual([
    {
      name: 'Reviews are quick',
      when: { event: 'task_status_changed', status: 'in_review', priority: 'critical', label: null },
      then: [
        { action: 'notify', recipient: 'watchers', message: 'Please have a look' },
        { action: 'assign', user_id: people.yuki.id },
      ],
    },
  ])
})

test('the server’s refusal of an action is shown there', async ({ page }) => {
  await open(page, {}, `${TAB}?create=true`)
  const panel = page.getByRole('dialog', { name: 'New rule' })
  await panel.getByLabel('Name', { exact: true }).fill('Labels')
  await panel.getByLabel('Message').fill('Something')
  await panel.getByRole('button', { name: 'Add action' }).click()
  const second = panel.getByRole('listitem', { name: 'Action 2' })
  await second.getByLabel('And').selectOption('add the label')
  await second.getByLabel('Label').fill('forbidden')
  await panel.getByRole('button', { name: 'Create rule' }).click()
  await expect(second.getByText('must not be that')).toBeVisible()
  await expect(second.getByLabel('Label')).toHaveAttribute('aria-invalid', 'true')
  await panel.getByRole('button', { name: 'Remove action 1' }).click()
  await expect(panel.getByRole('listitem', { name: 'Action 2' })).toHaveCount(0)
})

test('an edit sends the changed half after a conflict', async ({ page }) => {
  const { sent, changeAsOther, find } = await open(page)
  await more(page, 'Overdue work first', 'Edit')
  const panel = page.getByRole('dialog', { name: 'Edit Overdue work first' })
  await panel.getByLabel('If it has the label').fill('')
  changeAsOther(ruleId(2), { name: 'Late work first' })
  await panel.getByRole('button', { name: 'Save' }).click()
  await expect(panel).toHaveCount(0)
  expect(sent.at(-1)).toEqual({ when: { event: 'task_overdue', status: null, priority: 'high', label: null } })
  await expect(row(page, 'Late work first')).not.toContainText('field test')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page, 'Late work first')).toContainText('field test')
  expect(find(ruleId(2))?.name).toBe('Late work first')
})

test('a rule is paused and resumed', async ({ page }) => {
  const { find } = await open(page)
  const first = row(page, 'Blocked work alert')
  await first.getByRole('switch').click()
  await expect(first).toContainText('Paused')
  await expect.poll(() => find(ruleId(1))?.enabled).toBe(false)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(first).not.toContainText('Paused')
  await expect.poll(() => find(ruleId(1))?.enabled).toBe(true)
})

test('pausing a rule changed by someone else is refused', async ({ page }) => {
  const { changeAsOther } = await open(page)
  await expect(row(page, 'Blocked work alert')).toBeVisible()
  changeAsOther(ruleId(1), { name: 'Blocked work alert for everyone' })
  await row(page, 'Blocked work alert').getByRole('switch').click()
  await expect(page.getByText('Someone else changed this rule')).toBeVisible()
  await expect(row(page, 'Blocked work alert for everyone').getByRole('switch')).toBeChecked()
})

test('a rule is deleted after confirmation and restored', async ({ page }) => {
  await open(page)
  await more(page, 'Blocked work alert', 'Delete')
  await page.getByRole('dialog', { name: 'Delete Blocked work alert?' }).getByRole('button', { name: 'Cancel' }).click()
  await expect(row(page, 'Blocked work alert')).toBeVisible()
  await more(page, 'Blocked work alert', 'Delete')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(row(page, 'Blocked work alert')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page, 'Blocked work alert')).toBeVisible()
})

test('other users’ changes arrive', async ({ page }) => {
  const { tell, changeAsOther } = await open(page)
  await expect(row(page, 'Blocked work alert')).toBeVisible()
  const { version } = changeAsOther(ruleId(1), { name: 'Blocked work notice' })
  tell({
    type: 'changed',
    event_id: '0199f000-0000-7000-8000-000000000009',
    entity_type: 'rule',
    entity_id: ruleId(1),
    parent_id: ORBIT,
    version,
    action: 'rule_update',
  })
  await expect(row(page, 'Blocked work notice')).toBeVisible()
})

test('readers and archived products can’t write rules', async ({ page }) => {
  await open(page, signedIn(people.tomas))
  await expect(row(page, 'Blocked work alert')).toBeVisible()
  await expect(page.getByRole('switch')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'New rule' })).toHaveCount(0)
  await page.goto(`${TAB}?create=true`)
  await expect(row(page, 'Blocked work alert')).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('an archived product’s rules are read-only', async ({ page }) => {
  await open(page, {}, `/products/${products[4]!.id}/rules`)
  await expect(row(page, 'Blocked work alert')).toBeVisible()
  await expect(page.getByRole('switch')).toHaveCount(0)
})

test('a failed list retries; an empty one explains rules', async ({ page }) => {
  let broken = true
  await open(page, {
    'GET /api/products/[^/]+/rules': () => (broken ? problem(500, 'internal', 'Something went wrong on our side') : listOf([])),
  })
  await expect(page.getByRole('alert')).toContainText('Something went wrong on our side')
  broken = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'No rules yet' })).toBeVisible()
  await page.getByRole('button', { name: 'New rule' }).click()
  await expect(page).toHaveURL(/create=true/)
})

test.describe('at phone width', () => {
  test.use({ viewport: { width: 390, height: 844 } })
  test('a rule is built on a phone', async ({ page }) => {
    await open(page, {}, `${TAB}?create=true`)
    const panel = page.getByRole('dialog', { name: 'New rule' })
    await panel.getByLabel('Name', { exact: true }).fill('Short')
    await panel.getByLabel('Message').fill('Look')
    await panel.getByRole('button', { name: 'Create rule' }).click()
    await expect(row(page, 'Short')).toBeVisible()
    expect(await page.evaluate(() => document.getElementById('main')?.scrollWidth)).toBe(390)
  })
})
