import type { Page } from '@playwright/test'
import type { Product, Requirement, Task } from '../../src/api/types'
import { ADMIN, expect, setUp, signIn, test } from './steward'

// Nothing is wider than a small phone, however long the words are that people type.

const WORD = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen'
const LONG = `${WORD}${WORD}${WORD}`
const TAG = WORD.slice(0, 50)

/** What lies beyond the right edge, outside of anything that scrolls sideways or cuts off. */
function beyond(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth
    const clipped = (element: Element): boolean => {
      for (let box = element.parentElement; box; box = box.parentElement) {
        const { overflowX } = getComputedStyle(box)
        if (overflowX !== 'visible' && box.getBoundingClientRect().right <= wide + 1 && box.id !== 'main') {
          // A page's own scroller must not scroll sideways.
          if (overflowX === 'clip' || overflowX === 'hidden' || box.matches('nav, [role="grid"], [role="region"], ol, ul, pre')) return true
        }
      }
      return false
    }
    return [...document.querySelectorAll('#root *')]
      .filter((element) => element.getBoundingClientRect().width > 0 && element.getBoundingClientRect().right > wide + 1)
      .filter((element) => !clipped(element) && getComputedStyle(element).position !== 'fixed' && !element.closest('.sr-only'))
      .map((element) => `${element.tagName} ${element.className.toString().slice(0, 60)}: ${element.textContent.slice(0, 30)}`)
  })
}

test('long names and tags stay on the page', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const investor = await api.investorCreate({
    name: LONG,
    kind: 'fund',
    tier: 'gold',
    tags: [TAG, `${TAG.slice(0, 48)}ä`, 'Europe'],
    notes: LONG,
  })
  await api.call('POST', `/api/investors/${investor.id}/activities`, {
    kind: 'meeting',
    occurred_at: '2026-06-10T17:00:00Z',
    summary: LONG,
    details: LONG,
    participants: [LONG],
  })
  const product = await api.call<Product>('POST', '/api/products', { key: 'ORB', name: LONG, status: 'active', description: LONG })
  const requirement = await api.call<Requirement>('POST', `/api/products/${product.id}/requirements`, {
    title: LONG,
    priority: 'high',
    description: LONG,
  })
  const task = await api.call<Task>('POST', `/api/products/${product.id}/tasks`, {
    title: LONG,
    labels: [TAG.slice(0, 40)],
    requirement_id: requirement.id,
    due_on: '2026-12-24',
  })
  await api.call('POST', `/api/products/${product.id}/milestones`, { name: LONG, due_on: '2026-12-24', description: LONG })
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(page, ADMIN)
  const found: Record<string, string[]> = {}
  for (const path of [
    '/overview',
    '/investors',
    `/investors?tag=${encodeURIComponent(TAG)}`,
    `/investors/${investor.id}`,
    `/investors/${investor.id}?edit=true`,
    `/investors/${investor.id}/documents`,
    `/investors/${investor.id}/investments`,
    '/reminders',
    '/products',
    `/products/${product.id}`,
    `/products/${product.id}/board`,
    `/products/${product.id}/tasks`,
    `/products/${product.id}/tasks/${task.id}`,
    `/products/${product.id}/requirements`,
    `/products/${product.id}/requirements/${requirement.id}`,
    `/products/${product.id}/milestones`,
    `/products/${product.id}/assets`,
    `/products/${product.id}/analytics`,
    `/products/${product.id}/rules`,
    `/products/${product.id}/team`,
    `/products/${product.id}/settings`,
    '/tasks',
    '/roadmap',
    '/imports',
    '/notifications',
    '/users',
    '/audit',
    '/profile',
    '/nowhere',
  ]) {
    for (const width of [320, 390]) {
      await page.setViewportSize({ width, height: 844 })
      await page.goto(path)
      await expect(page.getByRole('banner').first()).toBeVisible()
      await expect(page.locator('main [aria-busy], [role="dialog"] [aria-busy="true"]')).toHaveCount(0)
      const wide = await beyond(page)
      if (wide.length > 0) found[`${path} at ${width}`] = wide
    }
  }
  expect(found).toEqual({})
})

test('an unknown address keeps the frame and names itself', async ({ page, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  await page.goto('/nowhere/at/all')
  await expect(page.getByRole('heading', { name: 'Page not found', level: 1 })).toBeVisible()
  await expect(page).toHaveTitle('Page not found · Steward')
  await page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Overview' }).click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  await page.goto('/investors/0199f000-0000-7000-8000-000000000001')
  await expect(page.getByRole('heading', { name: 'Investor not found', level: 1 })).toBeVisible()
})

test('the sign-in page leads on who is signed in', async ({ page, request, server }) => {
  await setUp(request, server)
  await signIn(page, ADMIN)
  await page.goto('/login?next=/users')
  await expect(page).toHaveURL(/\/users$/)
  await page.goto('/login')
  await expect(page).toHaveURL(/\/overview$/)
})

test('on a phone, logging an activity comes first', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  const investor = await api.investorCreate({ name: 'Aurelia Partners', kind: 'fund', tier: 'gold' })
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(page, ADMIN)
  await page.goto(`/investors/${investor.id}`)
  const top = async (name: string) => (await page.getByText(name, { exact: true }).first().boundingBox())?.y ?? Number.NaN
  await expect(page.getByRole('heading', { name: 'Details' })).toBeVisible()
  expect(await top('Log an activity')).toBeLessThan(await top('Details'))
  expect(await top('Log an activity')).toBeLessThan(600)
})
