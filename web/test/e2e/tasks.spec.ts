import { expect as base, test, type Page } from '@playwright/test'
import { CORS, PICTURE } from '../fake-assets'
import { fakeApi, me } from '../fake-api'
import { ORBIT, people, signedIn } from '../fake-products'
import { taskId } from '../fake-task-data'
import { taskStore } from '../fake-tasks'

// Allows for a busy machine.
const expect = base.configure({ timeout: 15_000 })
const TASKS = `/products/${ORBIT}/tasks`
const rows = (page: Page) => page.getByRole('grid', { name: 'Tasks' }).getByRole('row')
const row = (page: Page, reference: string) => rows(page).filter({ has: page.getByText(reference, { exact: true }) })

async function open(page: Page, path = TASKS, more: Parameters<typeof fakeApi>[1] = {}) {
  const store = taskStore()
  const fake = await fakeApi(page, { ...store.handlers, ...more })
  await page.goto(path)
  return { ...store, ...fake }
}

test('selected rows change together; refused ones stay selected', async ({ page }) => {
  const store = await open(page)
  await page.getByRole('checkbox', { name: 'Select ORB-1', exact: true }).check()
  await page.getByRole('grid', { name: 'Tasks' }).focus()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  const bar = page.getByRole('toolbar', { name: 'Selected tasks' })
  await expect(bar).toContainText('2 chosen')
  const chosen = await page
    .getByRole('grid', { name: 'Tasks' })
    .getByRole('checkbox', { checked: true })
    .evaluateAll((boxes) => boxes.map((box) => box.getAttribute('aria-label')?.slice(7) ?? ''))
  store.changeAsOther(taskId(1), { title: 'Changed meanwhile' })
  await bar.getByRole('button', { name: 'Priority' }).click()
  await page.getByRole('menuitemradio', { name: 'Critical' }).click()
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('Priority of 1 task changed')
  await expect(page.getByRole('alert')).toContainText('ORB-1: someone else changed it.')
  await expect(bar).toContainText('1 chosen')
  const other = chosen.find((one) => one !== 'ORB-1') ?? ''
  await expect(row(page, other)).toContainText('Critical')
  await page.keyboard.press('Escape')
  await expect(bar).toHaveCount(0)
})

test('c creates a task that matches the current filters', async ({ page }) => {
  const store = await open(page, `${TASKS}?priority=critical`)
  await expect(row(page, 'ORB-5')).toBeVisible()
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog', { name: 'New task' })
  await dialog.getByLabel('Title').fill('Order seals')
  await expect(dialog.getByLabel('Priority')).toHaveValue('critical')
  await dialog.getByLabel('Estimate in hours').fill('1,234')
  await dialog.getByRole('button', { name: 'Create task' }).click()
  await expect(dialog).toContainText('Use at most two decimals.')
  await dialog.getByLabel('Estimate in hours').fill('1,5')
  await dialog.getByRole('button', { name: 'Create task' }).click()
  await expect(row(page, 'ORB-25')).toContainText('Order seals')
  expect(store.find(taskId(25))?.estimate_hours).toBe('1.5')
})

test('views are saved and selected', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: 'Critical ones' }).click()
  await expect(page).toHaveURL(/priority=critical/)
  await expect(page.getByRole('button', { name: 'Critical ones' })).toBeVisible()
  await page.goto(`${TASKS}?status=blocked`)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: 'Save this view…' }).click()
  await page.getByLabel('Name').fill('What is stuck')
  await page.getByRole('button', { name: 'Save view' }).click()
  await expect(page.getByRole('button', { name: 'What is stuck' })).toBeVisible()
})

test('a task is changed in its panel, field by field', async ({ page }) => {
  const store = await open(page, `${TASKS}/${taskId(1)}`)
  const panel = page.getByRole('dialog')
  await panel.getByRole('button', { name: /^Title: / }).click()
  await panel.getByLabel('Title').fill('Waterproof to IP68')
  await panel.getByLabel('Title').press('Enter')
  await expect(row(page, 'ORB-1')).toContainText('Waterproof to IP68')
  await panel.getByLabel('Status').selectOption('blocked')
  await expect(row(page, 'ORB-1')).toContainText('Blocked')
  // Someone else changes another field: both changes are kept.
  store.changeAsOther(taskId(1), { priority: 'low' })
  await panel.getByRole('button', { name: /^Estimate in hours/ }).click()
  await panel.getByLabel('Estimate in hours').fill('12.25')
  await panel.getByLabel('Estimate in hours').press('Enter')
  await expect.poll(() => [store.find(taskId(1))?.priority, store.find(taskId(1))?.estimate_hours]).toEqual(['low', '12.25'])
  await expect(panel.getByLabel('Priority')).toHaveValue('low')
  // The same field: both are shown, and nothing is saved before a choice.
  store.changeAsOther(taskId(1), { title: 'Their title' })
  await panel.getByRole('button', { name: /^Title: / }).click()
  await panel.getByLabel('Title').fill('My title')
  await panel.getByLabel('Title').press('Enter')
  await expect(panel.getByRole('alert')).toContainText('Lena Hartmann changed this task')
  await expect(panel.getByRole('region', { name: 'Title' })).toContainText('Lena HartmannTheir title')
  expect(store.find(taskId(1))?.title).toBe('Their title')
  await panel.getByRole('button', { name: 'Keep theirs' }).click()
  await panel.getByRole('button', { name: 'Save' }).click()
  await expect(panel.getByRole('button', { name: 'Title: Their title. Edit' })).toBeVisible()
})

test('description, checklist, comments and history of a task', async ({ page }) => {
  const store = await open(page, `${TASKS}/${taskId(1)}`)
  const panel = page.getByRole('dialog')
  await expect(panel.locator('strong', { hasText: 'leaks' })).toBeVisible()
  await expect(panel.getByRole('cell', { name: '3 %' })).toBeVisible()
  await panel.getByRole('checkbox', { name: 'Print it' }).check()
  await expect.poll(() => store.find(taskId(1))?.checklist.filter(({ done }) => done).length).toBe(2)
  await panel.getByLabel('Add an item').fill('Glue it')
  await panel.getByLabel('Add an item').press('Enter')
  await expect(panel.getByRole('checkbox', { name: 'Glue it' })).toBeVisible()
  const comments = panel.getByRole('region', { name: 'Comments' })
  await expect(comments.getByText('Tomás Rivera').first()).toBeVisible()
  await comments.getByRole('textbox', { name: 'Comment' }).pressSequentially('Well done @yu')
  await expect(page.getByRole('option', { name: /Yuki Tanaka/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(comments.getByRole('textbox', { name: 'Comment' })).toHaveValue('Well done @yuki ')
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/comments'))
  await page.keyboard.press('Control+Enter')
  expect((await sent).postDataJSON()).toEqual({ text: 'Well done @yuki', mentions: [people.yuki.id] })
  await expect(comments.getByRole('listitem').last()).toContainText('Well done Yuki Tanaka')
  await expect(comments.getByRole('textbox', { name: 'Comment' })).toHaveValue('')
  await panel.getByRole('button', { name: 'History' }).click()
  await expect(panel.getByRole('region', { name: 'History' })).toContainText('Lena Hartmann moved it')
  await expect(panel.getByRole('region', { name: 'History' })).toContainText('Tomás Rivera')
})

test('checklist items added in quick succession are all kept', async ({ page }) => {
  const store = await open(page, `${TASKS}/${taskId(1)}`)
  const adding = page.getByRole('dialog').getByLabel('Add an item')
  await adding.focus()
  await page.keyboard.type('Cut\nGrease\nClose\n')
  await expect
    .poll(() =>
      store
        .find(taskId(1))
        ?.checklist.map(({ text }) => text)
        .slice(-3),
    )
    .toEqual(['Cut', 'Grease', 'Close'])
})

test.describe('task attachments', () => {
  const PUT = 'http://127.0.0.1:1/put/*'
  const files = (page: Page) => page.getByRole('region', { name: 'Files' })
  const file = (page: Page, name: string) =>
    files(page).getByRole('list', { name: 'Files' }).getByRole('listitem').filter({ hasText: name })
  const named = (name: string, text = '%PDF-') => ({ name, mimeType: '', buffer: Buffer.from(text) })

  test('are listed, previewed, and deleted after confirmation', async ({ page }) => {
    await page.route('http://127.0.0.1:1/get/*', (route) => route.fulfill(PICTURE))
    const store = await open(page, `${TASKS}/${taskId(1)}`)
    await expect(file(page, 'Data sheet of the double O-ring.pdf')).toContainText('PDF · 88 kB · Lena Hartmann')
    await expect(file(page, 'Leak.mp4.pdf')).toContainText('Quarantined')
    await expect(file(page, 'Leak.mp4.pdf').getByRole('button')).toHaveCount(1)
    await page.getByRole('button', { name: 'Preview Seal at 40 cm.png' }).press('Enter')
    await expect(page.getByRole('dialog', { name: 'Seal at 40 cm.png' }).getByRole('img')).toHaveJSProperty('naturalWidth', 2)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'Preview Seal at 40 cm.png' })).toBeFocused()
    // Someone else changed it first: a message is shown, and the list is reloaded.
    await page.getByRole('button', { name: 'Delete Seal at 40 cm.png' }).click()
    store.renewFileAsOther('Seal at 40 cm.png')
    await page.getByRole('dialog', { name: 'Delete this file?' }).getByRole('button', { name: 'Delete' }).click()
    await expect(page.getByRole('alert')).toContainText('Couldn’t delete Seal at 40 cm.png')
    await page.getByRole('button', { name: 'Delete Seal at 40 cm.png' }).click()
    await page.getByRole('dialog', { name: 'Delete this file?' }).getByRole('button', { name: 'Delete' }).click()
    await expect(page.getByText('Seal at 40 cm.png deleted')).toBeVisible()
    await expect(file(page, 'Seal at 40 cm.png')).toHaveCount(0)
  })

  test('are uploaded by button or drop, with retry', async ({ page }) => {
    let tries = 0
    await page.route(PUT, (route) => {
      if (route.request().method() === 'OPTIONS') return route.fulfill({ status: 204, headers: CORS })
      tries += 1
      return route.fulfill({ status: tries === 1 ? 403 : 200, headers: CORS })
    })
    await open(page, `${TASKS}/${taskId(2)}`)
    await expect(files(page)).toBeVisible()
    await files(page)
      .getByLabel('Files', { exact: true })
      .last()
      .setInputFiles([named('Quote.pdf'), named('setup.exe')])
    await expect(files(page).getByRole('alert').filter({ hasText: 'setup.exe has an unsupported file type' })).toBeVisible()
    await expect(page.getByRole('list', { name: 'Uploads' }).getByRole('alert')).toContainText('The file wasn’t accepted')
    await page.getByRole('button', { name: 'Retry Quote.pdf' }).click()
    await expect(file(page, 'Quote.pdf')).toContainText('PDF · 5 B · Ada Okafor')
    await expect(page.getByText('Quote.pdf is available')).toBeVisible()
    const dropped = await page.evaluateHandle(() => {
      const data = new DataTransfer()
      data.items.add(new File(['a,b'], 'Readings.csv'))
      return data
    })
    await files(page).getByText('Drop files here').dispatchEvent('drop', { dataTransfer: dropped })
    await expect(file(page, 'Readings.csv')).toBeVisible()
    await expect(page.getByRole('list', { name: 'Uploads' })).toHaveCount(0)
  })

  test('added by others appear at once', async ({ page }) => {
    const store = await open(page, `${TASKS}/${taskId(1)}`)
    await expect(file(page, 'Seal at 40 cm.png')).toBeVisible()
    store.tell(store.attachAsOther(taskId(1), 'Seal at 60 cm.png'))
    await expect(file(page, 'Seal at 60 cm.png')).toBeVisible()
    await expect(files(page).getByRole('heading')).toContainText('3')
  })

  test('are added by members to own tasks, otherwise read', async ({ page }) => {
    const store = await open(page, `${TASKS}/${taskId(1)}`, signedIn(people.tomas))
    await expect(page.getByRole('button', { name: 'Delete Seal at 40 cm.png' })).toBeVisible()
    await expect(page.getByRole('button', { name: /^Delete Data sheet/ })).toHaveCount(0)
    await expect(files(page).getByRole('button', { name: 'Choose files' })).toBeVisible()
    store.attachAsOther(taskId(4), 'Phones.png')
    await page.goto(`${TASKS}/${taskId(4)}`)
    await expect(page.getByRole('button', { name: 'Download Phones.png' })).toBeVisible()
    await expect(files(page).getByRole('button', { name: 'Choose files' })).toHaveCount(0)
    await expect(page.getByRole('button', { name: 'Delete Phones.png' })).toHaveCount(0)
  })
})

test('a task is watched and deleted', async ({ page }) => {
  const store = await open(page, `${TASKS}/${taskId(2)}`)
  const panel = page.getByRole('dialog')
  await panel.getByRole('button', { name: 'Watch' }).click()
  await expect(panel.getByRole('button', { name: 'Stop watching' })).toBeVisible()
  expect(store.find(taskId(2))?.watcher_ids).toEqual([me.id])
  await panel.getByRole('button', { name: 'Actions for this task' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete ORB-2?' }).getByRole('button', { name: 'Delete' }).click()
  await expect(page).toHaveURL(new RegExp(`${TASKS}$`))
  await expect(row(page, 'ORB-2')).toHaveCount(0)
})

test('a team member changes only status and checklist', async ({ page }) => {
  await open(page, `${TASKS}/${taskId(1)}`, signedIn(people.tomas))
  const panel = page.getByRole('dialog')
  await expect(panel.getByLabel('Status')).toBeVisible()
  await expect(panel.getByRole('checkbox', { name: 'Print it' })).toBeEnabled()
  await expect(panel.getByRole('textbox', { name: 'Comment' })).toBeVisible()
  await expect(panel.getByLabel('Priority')).toHaveCount(0)
  await expect(panel.getByRole('button', { name: /Edit$/ })).toHaveCount(0)
  await expect(panel.getByRole('button', { name: 'Actions for this task' })).toHaveCount(0)
  await page.goto(`${TASKS}/${taskId(4)}`)
  await expect(panel.getByText('Pairing over Bluetooth').first()).toBeVisible()
  await expect(panel.getByLabel('Status')).toHaveCount(0)
  await expect(panel.getByRole('checkbox', { name: 'Print it' })).toBeDisabled()
  await expect(panel.getByRole('textbox', { name: 'Comment' })).toHaveCount(0)
  await expect(page.getByRole('checkbox', { name: /^Choose/ })).toHaveCount(0)
})

test('my tasks are grouped by due date and editable', async ({ page }) => {
  const store = await open(page, '/tasks')
  await expect(
    page
      .getByRole('region', { name: 'Overdue' })
      .or(page.getByRole('region', { name: 'Today' }))
      .first(),
  ).toBeVisible()
  const mine = page.getByRole('link', { name: /^Calibrate against three soil types$/ })
  await expect(mine).toBeVisible()
  await page.getByRole('button', { name: /^Status of ORB-3:/ }).click()
  await page.getByRole('menuitemradio', { name: 'Done' }).click()
  await expect(mine).toHaveCount(0)
  expect(store.find(taskId(3))?.status).toBe('done')
  await page
    .getByRole('link', { name: /^Firmware/ })
    .first()
    .click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(page).toHaveURL(/task=/)
})

test('a deleted task says so', async ({ page }) => {
  await open(page, `${TASKS}/${taskId(999)}`)
  await expect(page.getByText('Task not found')).toBeVisible()
})
