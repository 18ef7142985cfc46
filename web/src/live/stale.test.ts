import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keys } from '@/api/keys'
import { StaleBatch, staleAfter } from './stale'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('refetches a list twice during a thousand-row import', async () => {
  const client = new QueryClient()
  const invalidate = vi.spyOn(client, 'invalidateQueries')
  const batch = new StaleBatch(client)
  for (let row = 0; row < 1000; row += 1) {
    batch.add([keys.investors.lists])
    await vi.advanceTimersByTimeAsync(2)
  }
  expect(invalidate).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(2000)
  expect(invalidate).toHaveBeenCalledTimes(2)
})

it('knows what an activity affects and ignores unknown kinds', () => {
  const event = { type: 'changed', event_id: 'e', entity_id: 'a', parent_id: 'i', version: 1, action: 'activity_create' } as const
  expect(staleAfter({ ...event, entity_type: 'activity' })).toContainEqual(keys.investors.timelines('i'))
  expect(staleAfter({ ...event, entity_type: 'document' })).toEqual([keys.documents.of('i'), keys.investors.timelines('i')])
  expect(staleAfter({ ...event, entity_type: 'cash_flow' })).toEqual([keys.investments.of('i'), keys.investors.timelines('i')])
  expect(staleAfter({ ...event, entity_type: 'analytics', entity_id: 'i' })).toContainEqual(keys.investments.holdings('i'))
  expect(staleAfter({ ...event, entity_type: 'reminder' })).toEqual([
    keys.reminders.of('i'),
    keys.reminders.mine,
    keys.investors.timelines('i'),
  ])
  expect(staleAfter({ ...event, entity_type: 'product', entity_id: 'p' })).toContainEqual(keys.products.members('p'))
  expect(staleAfter({ ...event, entity_type: 'task', parent_id: 'p' })).toContainEqual(keys.boards.top('p'))
  expect(staleAfter({ ...event, entity_type: 'product_analytics', entity_id: 'p' })).toContainEqual(keys.productAnalytics.of('p'))
  expect(staleAfter({ ...event, entity_type: 'requirement', parent_id: 'p' })).toContainEqual(keys.tasks.of('p'))
  expect(staleAfter({ ...event, entity_type: 'task', parent_id: 'p' })).toContainEqual(keys.milestones.roadmap)
  expect(staleAfter({ ...event, entity_type: 'rule', parent_id: 'p' })).toEqual([keys.rules.of('p')])
  expect(staleAfter({ ...event, entity_type: 'satellite' as 'user' })).toEqual([])
})
