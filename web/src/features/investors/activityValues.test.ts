import { afterEach, expect, it, vi } from 'vitest'
import type { Activity } from '@/api/types'
import { formatExact } from '@/lib/time'
import { activityValues, freshActivity, sentActivity } from './activityValues'

const LOS_ANGELES = 'America/Los_Angeles'

afterEach(() => vi.useRealTimers())

it('starts at the time that the user’s clock shows', () => {
  vi.useFakeTimers({ now: Date.parse('2026-12-02T01:00:00Z') })
  expect(freshActivity(LOS_ANGELES).occurred_at).toBe('2026-12-01T17:00')
  expect(freshActivity('Asia/Tokyo').occurred_at).toBe('2026-12-02T10:00')
})

it('shows what was entered, whatever the browser’s zone', () => {
  const sent = sentActivity({ ...freshActivity(LOS_ANGELES), summary: 'Call', occurred_at: '2026-12-01T17:00' }, LOS_ANGELES)
  expect(sent.occurred_at).toBe('2026-12-02T01:00:00.000Z')
  expect(formatExact(sent.occurred_at, LOS_ANGELES)).toContain('1 Dec 2026, 17:00')
  expect(activityValues({ ...sent, participants: [] } as unknown as Activity, LOS_ANGELES).occurred_at).toBe('2026-12-01T17:00')
})
