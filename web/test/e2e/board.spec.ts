import { expect as base, test, type Locator, type Page } from '@playwright/test'
import { fakeApi, problem } from '../fake-api'
import { ORBIT, people, signedIn } from '../fake-products'
import { someTasks, taskId } from '../fake-task-data'
import { taskStore } from '../fake-tasks'

/** The drag data as the browser provides it. */
interface Drag {
  items: { mimeType: string; data: string }[]
  dragOperationsMask: number
}

// Allows for a busy machine.
const expect = base.configure({ timeout: 15_000 })
const BOARD = `/products/${ORBIT}/board`
const column = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const card = (page: Page, reference: string) => page.locator('article').filter({ has: page.getByText(reference, { exact: true }) })
const references = (of: Locator) =>
  of
    .locator('article .tabular')
    .filter({ hasText: /^ORB-\d+$/ })
    .allTextContents()

/** Number of requests for the whole board. */
function reads(page: Page): () => number {
  let count = 0
  page.on('request', (request) => (count += new URL(request.url()).pathname.endsWith(`/api${BOARD}`) ? 1 : 0))
  return () => count
}

async function open(page: Page, more: Parameters<typeof fakeApi>[1] = {}, path = BOARD, store = taskStore()) {
  const refused: string[] = []
  page.on(
    'console',
    (message) => message.type() === 'error' && /Content.Security.Policy/i.test(message.text()) && refused.push(message.text()),
  )
  const fake = await fakeApi(page, { ...store.handlers, ...more })
  await page.goto(path)
  await expect(page.locator('article').first()).toBeVisible()
  return { ...store, ...fake, refused }
}

/** Drags in steps, like a person, so that the browser starts a native drag. */
async function drag(page: Page, from: Locator, to: Locator, where: 'top' | 'bottom' | 'middle' = 'top') {
  const [start, end] = [await from.boundingBox(), await to.boundingBox()]
  if (!start || !end) throw new Error('not on the page')
  await page.mouse.move(start.x + start.width / 2, start.y + 12)
  await page.mouse.down()
  await page.mouse.move(start.x + start.width / 2 + 8, start.y + 20, { steps: 3 })
  const y = where === 'top' ? end.y + 6 : where === 'bottom' ? end.y + end.height - 6 : end.y + end.height / 2
  await page.mouse.move(end.x + end.width / 2, y, { steps: 8 })
  await page.mouse.move(end.x + end.width / 2 + 1, y)
  await page.mouse.up()
}

test('a card dragged between two cards stays there', async ({ page }) => {
  const { asked, refused, find } = await open(page, {}, BOARD, taskStore(someTasks(), {}))
  await expect(column(page, 'Open')).toContainText('ORB-1')
  const before = await references(column(page, 'In progress'))
  await drag(page, card(page, 'ORB-1'), card(page, before[1] ?? ''), 'top')
  await expect.poll(() => references(column(page, 'In progress'))).toEqual([before[0], 'ORB-1', ...before.slice(1)])
  await expect.poll(() => asked.length).toBe(1)
  expect(asked[0]?.move).toEqual({
    status: 'in_progress',
    after_id: taskId(Number(before[0]?.slice(4))),
    before_id: taskId(Number(before[1]?.slice(4))),
  })
  expect(find(taskId(1))?.status).toBe('in_progress')
  expect(await references(column(page, 'Open'))).not.toContain('ORB-1')
  await page.reload()
  await expect.poll(() => references(column(page, 'In progress'))).toEqual([before[0], 'ORB-1', ...before.slice(1)])
  expect(refused).toEqual([])
})

test('a card is dragged within and below columns', async ({ page }) => {
  const { asked } = await open(page, {}, BOARD, taskStore(someTasks(), {}))
  const [first = '', second = '', third = ''] = await references(column(page, 'Open'))
  await drag(page, card(page, third), card(page, first), 'top')
  await expect.poll(async () => (await references(column(page, 'Open'))).slice(0, 3)).toEqual([third, first, second])
  const blocked = column(page, 'Blocked')
  const last = (await references(blocked)).at(-1)
  const box = await blocked.boundingBox()
  if (!box) throw new Error('no column')
  await drag(page, card(page, first), blocked.locator('ol'), 'bottom')
  await expect.poll(async () => (await references(blocked)).at(-1)).toBe(first)
  expect(asked.at(-1)?.move).toEqual({ status: 'blocked', after_id: taskId(Number(last?.slice(4))), before_id: null })
})

test('a drop shows at once, before the server responds', async ({ page }) => {
  const store = taskStore(someTasks(), {})
  await open(page, {}, BOARD, store)
  await page.route('**/move', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await route.fallback()
  })
  await page.evaluate(() => {
    document.addEventListener(
      'drop',
      () => {
        const at = performance.now()
        const look = () => {
          const there = [...document.querySelectorAll('section[aria-label="Blocked"] article')].some((one) =>
            one.textContent?.includes('ORB-1'),
          )
          const frames = Number(document.body.dataset['frames'] ?? 0) + 1
          document.body.dataset['frames'] = String(frames)
          if (there) document.body.dataset['shown'] = `${frames} ${performance.now() - at}`
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      },
      { capture: true },
    )
  })
  await drag(page, card(page, 'ORB-1'), column(page, 'Blocked').locator('article').first())
  await expect(page.locator('body')).toHaveAttribute('data-shown', /^[12] /, { timeout: 1000 })
})

test('a full column refuses a card with the reason', async ({ page }) => {
  await open(page, {}, BOARD, taskStore(someTasks(), { blocked: 2 }))
  await expect(column(page, 'Blocked').getByRole('heading').locator('..')).toContainText('2 / 2')
  await expect(column(page, 'Blocked')).toContainText('Full')
  const before = await references(column(page, 'Open'))
  await drag(page, card(page, before[0] ?? ''), column(page, 'Blocked').locator('article').first())
  await expect(page.getByRole('alert')).toContainText('This column can hold at most 2 tasks')
  await expect.poll(() => references(column(page, 'Open'))).toEqual(before)
  await expect(column(page, 'Blocked').locator('article')).toHaveCount(2)
})

test('a conflicting move shows where the other user put it', async ({ page }) => {
  const store = taskStore(someTasks(), {})
  await open(page, {}, BOARD, store)
  store.moveAsOther(taskId(1), 'done')
  await drag(page, card(page, 'ORB-1'), column(page, 'Blocked').locator('article').first())
  await expect(page.getByRole('alert')).toContainText('Lena Hartmann moved it first: it’s now in “Done”.')
  await expect(column(page, 'Done').locator('article').first()).toContainText('ORB-1')
  await expect(column(page, 'Blocked')).not.toContainText('Waterproof the probe housing')
})

test('other users’ changes appear without a reload', async ({ page }) => {
  const store = taskStore()
  const { tell } = await open(page, {}, BOARD, store)
  let boards = 0
  page.on('request', (request) => (boards += request.url().endsWith('/board') || request.url().includes('/board?') ? 1 : 0))
  store.moveAsOther(taskId(1), 'done')
  tell(store.changed(taskId(1)))
  await expect(column(page, 'Done').locator('article').first()).toContainText('ORB-1')
  await expect(column(page, 'Open')).not.toContainText('Waterproof the probe housing')
  store.changeAsOther(taskId(3), { title: 'Calibrate against peat', comment_count: 7 })
  tell(store.changed(taskId(3)))
  await expect(card(page, 'ORB-3')).toContainText('Calibrate against peat')
  store.removeAsOther(taskId(6))
  tell(store.changed(taskId(6), 'task_delete'))
  await expect(card(page, 'ORB-6')).toHaveCount(0)
  expect(boards).toBe(0)
})

test('cards and open tasks count comments and files live', async ({ page }) => {
  const store = taskStore(someTasks(), {})
  const { tell } = await open(page, {}, `${BOARD}?task=${taskId(3)}`, store)
  await expect(card(page, 'ORB-3')).not.toContainText('comment')
  tell(store.commentAsOther(taskId(3), 'Peat is next'))
  await expect(card(page, 'ORB-3')).toContainText(/1 comment(?!s)/)
  await expect(page.getByRole('dialog').getByText('Peat is next')).toBeVisible()
  tell(store.attachAsOther(taskId(9), 'Offer.png'))
  await expect(card(page, 'ORB-9')).toContainText(/1 attachment(?!s)/)
})

test('the keyboard moves cards and announces positions', async ({ page }) => {
  const { asked } = await open(page, {}, BOARD, taskStore(someTasks(), {}))
  const [first = '', second = ''] = await references(column(page, 'Open'))
  await card(page, first).getByRole('link').focus()
  await page.keyboard.press('ArrowDown')
  await expect(card(page, second).getByRole('link')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press(' ')
  const said = page.getByRole('status').filter({ hasText: first })
  await expect(said).toContainText('picked up')
  await page.keyboard.press('ArrowRight')
  await expect(said).toContainText('In progress, position 1 of')
  await expect(card(page, first).getByRole('link')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect.poll(async () => (await references(column(page, 'In progress')))[1]).toBe(first)
  expect(asked).toHaveLength(0)
  await page.keyboard.press(' ')
  await expect.poll(() => asked.length).toBe(1)
  expect(asked[0]?.move.status).toBe('in_progress')
  await expect(card(page, first).getByRole('link')).toBeFocused()
  // Escape cancels the move.
  await page.keyboard.press(' ')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await references(column(page, 'In progress')))[1]).toBe(first)
  expect(asked).toHaveLength(1)
  // Enter opens a card, and the focus returns to it afterwards.
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(card(page, first).getByRole('link')).toBeFocused()
})

test('keys faster than frames are all handled', async ({ page }) => {
  const { asked } = await open(page, {}, BOARD, taskStore(someTasks(1000), {}))
  const [first = ''] = await references(column(page, 'Open'))
  await card(page, first).getByRole('link').focus()
  // All within a single task of the page, each wherever the focus is by then.
  const press = (...names: string[]) =>
    page.evaluate((keys) => {
      for (const key of keys) document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    }, names)
  await press(' ', 'ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowUp', ' ')
  await expect.poll(async () => (await references(column(page, 'Blocked')))[1]).toBe(first)
  await expect.poll(() => asked.map(({ move }) => move.status)).toEqual(['blocked'])
  await expect(card(page, first).getByRole('link')).toBeFocused()
  // The last loaded card is rendered when the focus moves there.
  await press('ArrowLeft', 'ArrowLeft', 'End', 'ArrowUp', 'ArrowUp', 'Home')
  await expect(column(page, 'Open').locator('article').first().getByRole('link')).toBeFocused()
})

test('filters are kept in the URL; lanes cut across', async ({ page }) => {
  await open(page)
  await page.getByRole('searchbox', { name: 'Find on the board' }).fill('antenna')
  await expect(page).toHaveURL(/text=antenna/)
  await expect(page.locator('article')).toHaveCount(2)
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(page).not.toHaveURL(/text=/)
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Assignee' }).click()
  await page.getByRole('menuitemradio', { name: 'Unassigned' }).click()
  await expect(page).toHaveURL(/assignee=none/)
  await expect(page.locator('article').getByText(/^Assigned to/)).toHaveCount(0)
  await page.getByRole('button', { name: 'Remove filter Assignee' }).click()
  await page.getByRole('button', { name: 'Lanes', exact: true }).click()
  await page.getByRole('menuitemradio', { name: 'By priority' }).click()
  await expect(page).toHaveURL(/lanes=priority/)
  await expect(page.getByRole('region', { name: 'Critical' }).locator('article').first()).toBeVisible()
  await page.reload()
  const lanes = page.locator('section h2 button')
  await expect(lanes).toHaveText([/Critical/, /High/, /Medium/, /Low/])
})

test('dropping into another lane changes the lane’s field', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 2400 })
  const { find } = await open(page, {}, `${BOARD}?lanes=priority`, taskStore(someTasks(), {}))
  const low = page.getByRole('region', { name: 'Low' }).locator('article').first()
  const reference = (await low.locator('.tabular').first().textContent()) ?? ''
  await drag(page, low, page.getByRole('region', { name: 'High' }).locator('article').first())
  await expect(page.getByRole('region', { name: 'High' })).toContainText(reference)
  await expect.poll(() => find(taskId(Number(reference.slice(4))))?.priority).toBe('high')
})

test('a team member can move only their own tasks', async ({ page }) => {
  const { asked } = await open(page, signedIn(people.tomas), BOARD, taskStore(someTasks(), {}))
  await expect(page.getByRole('button', { name: 'New task' })).toHaveCount(0)
  await expect(card(page, 'ORB-1').getByRole('button', { name: 'Move ORB-1' })).toHaveCount(1)
  await expect(card(page, 'ORB-3').getByRole('button', { name: /^Move/ })).toHaveCount(0)
  await drag(page, card(page, 'ORB-3'), column(page, 'Blocked').locator('article').first())
  expect(asked).toHaveLength(0)
  await drag(page, card(page, 'ORB-1'), column(page, 'Blocked').locator('article').first())
  await expect.poll(() => asked.map(({ id }) => id)).toEqual([taskId(1)])
})

test('a phone shows one column and moves by menu', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const { asked } = await open(page, {}, BOARD, taskStore(someTasks(), {}))
  await expect(column(page, 'Open')).toBeVisible()
  await expect(column(page, 'Done')).toHaveCount(0)
  await card(page, 'ORB-1').getByRole('button', { name: 'Move ORB-1' }).click()
  await page.getByRole('menuitem', { name: 'In review' }).click()
  await expect(card(page, 'ORB-1')).toHaveCount(0)
  await expect.poll(() => asked.length).toBe(1)
  await page.getByRole('tab', { name: /^In review/ }).click()
  await expect(page).toHaveURL(/column=in_review/)
  await expect(column(page, 'In review').locator('article').first()).toContainText('ORB-1')
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
})

test.describe('by touch', () => {
  test.use({ hasTouch: true, viewport: { width: 1180, height: 820 } })

  test('a long press lifts a card; a swipe scrolls', async ({ page }) => {
    const { asked } = await open(page, {}, BOARD, taskStore(someTasks(60), {}))
    const scrolled = () =>
      column(page, 'Open')
        .locator('div.overflow-y-auto')
        .evaluate((box) => box.scrollTop)
    const middle = async (of: Locator) => {
      const box = await of.boundingBox()
      if (!box) throw new Error('not on the page')
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    }
    // Gestures as the browser recognizes them from touches; the resulting drag is intercepted instead of being passed to the system.
    const touch = await page.context().newCDPSession(page)
    await touch.send('Input.setInterceptDrags', { enabled: true })
    const lifted: Drag[] = []
    touch.on('Input.dragIntercepted', ({ data }) => lifted.push(data))

    const finger = await middle(card(page, 'ORB-6'))
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] })
    for (let step = 1; step <= 15; step += 1)
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: finger.x, y: finger.y - step * 20 }] })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await expect.poll(scrolled).toBeGreaterThan(100)
    expect(lifted).toEqual([])
    // A swipe keeps scrolling for a while: the card is pressed once the list is still.
    await expect(async () => {
      await column(page, 'Open')
        .locator('div.overflow-y-auto')
        .evaluate((box) => box.scrollTo(0, 0))
      await expect(card(page, 'ORB-1')).toBeVisible({ timeout: 1_000 })
      const before = await middle(card(page, 'ORB-1'))
      await page.waitForTimeout(200)
      expect(await scrolled()).toBe(0)
      expect(await middle(card(page, 'ORB-1'))).toEqual(before)
    }).toPass()

    await touch.send('Emulation.setEmitTouchEventsForMouse', { enabled: true, configuration: 'mobile' })
    const press = await middle(card(page, 'ORB-1'))
    // Not answered before the finger is lifted.
    void touch
      .send('Input.dispatchMouseEvent', { type: 'mousePressed', ...press, button: 'left', buttons: 1, clickCount: 1 })
      .catch(() => undefined)
    await expect.poll(() => lifted.length).toBe(1)
    const [data] = lifted
    const target = await middle(column(page, 'Blocked').locator('article').first())
    const drag = async (type: 'dragEnter' | 'dragOver' | 'drop') => {
      await touch.send('Input.dispatchDragEvent', { type, ...target, y: target.y - 30, data: data! })
      // The drag target is checked once per frame.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    }
    for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'] as const) await drag(type)
    await expect(column(page, 'Blocked').locator('article').first()).toContainText('ORB-1')
    await expect.poll(() => asked.map(({ move }) => move.status)).toEqual(['blocked'])
  })
})

test('of a thousand cards only visible ones are rendered', async ({ page }) => {
  await open(page, {}, BOARD, taskStore(someTasks(1000), {}))
  expect(await page.locator('article').count()).toBeLessThan(120)
  await expect(column(page, 'Open').locator('header')).toContainText('445')
  const list = column(page, 'Open').locator('div.overflow-y-auto')
  await expect(async () => {
    await list.evaluate((box) => box.scrollTo(0, box.scrollHeight))
    await expect(column(page, 'Open')).toContainText('ORB-999', { timeout: 400 })
  }).toPass()
  expect(await page.locator('article').count()).toBeLessThan(120)
})

test('a board that fails to load can be retried', async ({ page }) => {
  await fakeApi(page, {
    ...taskStore().handlers,
    'GET /api/products/[^/]+/board': () => problem(500, 'internal', 'Something went wrong on our side'),
  })
  await page.goto(BOARD)
  await expect(page.getByRole('alert')).toContainText('Something went wrong on our side')
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
})

test('the board loads on entry, not on hover', async ({ page }) => {
  const count = reads(page)
  const store = taskStore()
  await fakeApi(page, store.handlers)
  await page.goto(`/products/${ORBIT}/team`)
  const tab = page.getByRole('link', { name: 'Board', exact: true })
  await tab.hover()
  await page.waitForTimeout(500)
  expect(count()).toBe(0)
  await tab.click()
  await expect(card(page, 'ORB-1')).toBeVisible()
  expect(count()).toBe(1)
  // A change later than the last read counts as fresh.
  await page.clock.setFixedTime(Date.now() + 60_000)
  await card(page, 'ORB-1').getByRole('link').first().click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(count()).toBe(1)
  // Changes made while the board wasn't shown are there when it is entered again.
  await page.getByRole('link', { name: 'Team', exact: true }).click()
  store.moveAsOther(taskId(1), 'blocked')
  await tab.click()
  await expect(column(page, 'Blocked').locator('article').filter({ hasText: 'Waterproof the probe housing' }).first()).toBeVisible()
  expect(count()).toBe(2)
})
