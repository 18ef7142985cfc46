import type { Page } from '@playwright/test'
import type { Product, Task } from '../../src/api/types'
import { ADMIN, expect, otherBrowser, setUp, signIn, test } from './steward'

// Speed of a board with many tasks, in a browser against the embedded stack, printed as a table (`npm run measure`, part of `make bench`).

const TASKS = Number(process.env['BOARD_TASKS'] ?? 1_000)
const STATUSES = ['open', 'in_progress', 'blocked', 'in_review', 'done'] as const
const TIMES = 9

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const column = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const ms = (values: number[], aim: string) =>
  `median ${median(values).toFixed(0)} ms, longest ${Math.max(...values).toFixed(0)} ms | ${aim}`

/** Records in the page when the card with this reference is first in this column. */
async function watchFor(page: Page, reference: string, name: string): Promise<void> {
  await page.evaluate(
    ([wanted, label]) => {
      delete document.body.dataset['seen']
      const observer = new MutationObserver(() => {
        const references = [...document.querySelectorAll(`section[aria-label="${label}"] article .tabular`)].map((one) => one.textContent)
        if (!references.includes(wanted ?? '')) return
        document.body.dataset['seen'] = String(Date.now())
        observer.disconnect()
      })
      observer.observe(document.body, { childList: true, subtree: true, characterData: true })
    },
    [reference, name],
  )
}

const seen = async (page: Page) => {
  // The first move waits until the stream has delivered all the tasks just created.
  await expect(page.locator('body')).toHaveAttribute('data-seen', /\d+/, { timeout: 120_000 })
  return Number(await page.locator('body').getAttribute('data-seen'))
}

test('a board of many tasks @bench', async ({ browser, page, request, server }) => {
  test.setTimeout(600_000)
  const api = await setUp(request, server)
  await signIn(page, ADMIN)
  const product = await api.call<Product>('POST', '/api/products', { key: 'ORB', name: 'Orbit', status: 'active' })
  for (let n = 0; n < TASKS; n += 1) {
    await api.call<Task>('POST', `/api/products/${product.id}/tasks`, { title: `Task ${n}`, status: STATUSES[n % 5], labels: ['firmware'] })
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`/products/${product.id}/requirements`)

  const usable: number[] = []
  for (let turn = 0; turn < TIMES; turn += 1) {
    await page.goto(`/products/${product.id}/requirements`)
    const tab = page.getByRole('link', { name: 'Board', exact: true })
    await expect(tab).toBeVisible({ timeout: 30_000 })
    await page.waitForTimeout(500)
    // From the click to a card that can be focused, by the page's own clock.
    await page.evaluate(() => {
      document.addEventListener(
        'click',
        () => {
          const from = performance.now()
          const look = () => {
            const card = document.querySelector<HTMLElement>('section[aria-label="Done"] article a')
            if (card === null) return requestAnimationFrame(look)
            card.focus()
            document.body.dataset['usable'] = String(performance.now() - from)
          }
          requestAnimationFrame(look)
        },
        { capture: true, once: true },
      )
    })
    await tab.click()
    await expect(page.locator('body')).toHaveAttribute('data-usable', /\d/)
    usable.push(Number(await page.locator('body').getAttribute('data-usable')))
  }

  const colleague = { username: 'mira', name: 'Mira Tan', email: 'mira@steward.example', password: 'violet harbour tram' }
  await api.userCreate({ ...colleague, roles: ['admin'] })
  const other = await otherBrowser(browser, server, colleague)
  await other.setViewportSize({ width: 1440, height: 900 })
  await other.goto(`/products/${product.id}/board`)
  await expect(column(other, 'Open').locator('article').first()).toBeVisible()
  await expect(other.getByText('Live', { exact: true })).toBeVisible()
  await page.bringToFront()
  const here: number[] = []
  const there: number[] = []
  const frames: number[] = []
  for (let turn = 0; turn <= TIMES; turn += 1) {
    const card = column(page, 'Open').locator('article').first()
    const reference = (await card.locator('.tabular').first().textContent()) ?? ''
    await watchFor(page, reference, 'Done')
    await watchFor(other, reference, 'Done')
    await page.evaluate(() => {
      const drop = () => {
        document.body.dataset['dropped'] = String(Date.now())
        // Each of these is a frame painted without the card in its new position.
        let frames = 0
        const painted = () => {
          if (document.body.dataset['seen']) return
          frames += 1
          document.body.dataset['frames'] = String(frames)
          requestAnimationFrame(painted)
        }
        document.body.dataset['frames'] = '0'
        requestAnimationFrame(painted)
      }
      // Before anyone else is notified.
      window.addEventListener('drop', drop, { capture: true, once: true })
    })
    const [from, to] = [await card.boundingBox(), await column(page, 'Done').locator('article').first().boundingBox()]
    if (!from || !to) throw new Error('not on the page')
    await page.mouse.move(from.x + from.width / 2, from.y + 12)
    await page.mouse.down()
    await page.mouse.move(from.x + from.width / 2 + 8, from.y + 20, { steps: 3 })
    await page.mouse.move(to.x + to.width / 2, to.y + 6, { steps: 8 })
    await page.mouse.move(to.x + to.width / 2 + 1, to.y + 6)
    await page.mouse.up()
    const [mine, theirs] = [await seen(page), await seen(other)]
    const dropped = Number(await page.locator('body').getAttribute('data-dropped'))
    if (turn > 0) {
      frames.push(Number(await page.locator('body').getAttribute('data-frames')))
      here.push(mine - dropped)
      there.push(theirs - dropped)
    }
    await page.waitForTimeout(300)
  }
  console.log(`| a board of ${TASKS} tasks, ${TIMES} times | seen | aim |`)
  console.log('|---|---|---|')
  console.log(`| from the click on its tab to usable | ${ms(usable, 'under 300 ms')} |`)
  console.log(`| from the drop to the card's new place | median ${median(here)} ms, longest ${Math.max(...here)} ms | |`)
  console.log(
    `| frames painted before the card is in its new place | median ${median(frames)}, most ${Math.max(...frames)} | 0: the next one shows it |`,
  )
  console.log(`| from the drop to the other person's screen | ${ms(there, 'under 500 ms')} |`)
})
