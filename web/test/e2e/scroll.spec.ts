import { expect, test } from '@playwright/test'
import { fakeApi, investors } from '../fake-api'
import { investorStore } from '../fake-investors'

// Scrolling performance of the list of many investors, printed as a table row (`npm run measure`, part of `make bench`).

const ROWS = Number(process.env['SCROLL_ROWS'] ?? 10_000)
/** The browser's threshold for a long task, in milliseconds (W3C Long Tasks API). */
const LONG = 50

interface Measured {
  longTasks: number[]
  frames: number[]
}

declare global {
  interface Window {
    measured: Measured
  }
}

const percentile = (values: number[], share: number) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0

test('scrolling through all investors @bench', async ({ page }) => {
  test.setTimeout(300_000)
  const many = Array.from({ length: ROWS }, (_, n) => {
    const one = investors[n % investors.length]
    if (!one) throw new Error('there is no investor to repeat')
    return { ...one, id: `0199f000-0000-7000-8000-${String(n).padStart(12, '0')}`, name: `Investor ${String(n).padStart(5, '0')}` }
  })
  await page.setViewportSize({ width: 1440, height: 900 })
  await fakeApi(page, investorStore(many))
  await page.goto('/investors')
  const grid = page.getByRole('grid', { name: 'Investors' })
  await expect(grid.getByRole('row').filter({ hasText: 'Investor 00000' })).toBeVisible()
  await page.waitForTimeout(1_000)
  await page.evaluate(() => {
    window.measured = { longTasks: [], frames: [] }
    new PerformanceObserver((list) => window.measured.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    })
    let last = performance.now()
    const frame = (now: number) => {
      window.measured.frames.push(now - last)
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  await grid.hover()
  while ((await grid.getAttribute('aria-rowcount')) === '-1') {
    await page.mouse.wheel(0, 1_500)
    await page.waitForTimeout(50)
  }
  expect(await grid.getAttribute('aria-rowcount')).toBe(String(ROWS + 1))
  // Back to the top with everything loaded.
  for (let y = ROWS * 40; y > 0; y -= 20_000) {
    await page.mouse.wheel(0, -20_000)
    await page.waitForTimeout(50)
  }
  const { longTasks, frames } = await page.evaluate(() => window.measured)
  const heap = await page.evaluate(() => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0)
  const rows = await grid.getByRole('row').count()
  console.log('| investors | rows in the page | frames | frame p50 | frame p99 | long tasks (> 50 ms) | longest | heap |')
  console.log('|---:|---:|---:|---:|---:|---:|---:|---:|')
  const ms = (value: number) => `${value.toFixed(0)} ms`
  const longest = longTasks.length > 0 ? ms(Math.max(...longTasks)) : '–'
  const long = longTasks.filter((duration) => duration > LONG).length
  console.log(
    `| ${ROWS} | ${rows} | ${frames.length} | ${ms(percentile(frames, 0.5))} | ${ms(percentile(frames, 0.99))} | ${long} | ${longest} | ${(heap / 1e6).toFixed(0)} MB |`,
  )
})
