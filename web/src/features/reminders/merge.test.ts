import { expect, it } from 'vitest'
import type { MyReminder } from '@/api/types'
import { dueBefore } from '@/shell/reminders/dueBefore'
import { merged, nextCursors } from './merge'

const due = (...hours: number[]) => hours.map((hour) => ({ due_at: `2026-12-01T0${hour}:00:00Z` }) as MyReminder)
const hours = (list: MyReminder[]) => list.map((one) => new Date(one.due_at).getUTCHours())

it('holds back reminders that an unfinished list may precede', () => {
  const first = [
    { items: due(1, 3), next_cursor: 'a' },
    { items: due(2, 5), next_cursor: null },
  ]
  expect(hours(merged([first]))).toEqual([1, 2, 3])
  expect(nextCursors(first)).toEqual(['a', null])
  const second = [
    { items: due(4), next_cursor: null },
    { items: [], next_cursor: null },
  ]
  expect(hours(merged([first, second]))).toEqual([1, 2, 3, 4, 5])
  expect(nextCursors(second)).toBeUndefined()
})

it('shows nothing before a list’s first visible reminder', () => {
  expect(merged([[{ items: [], next_cursor: 'a' }, { items: due(1) }]])).toEqual([])
  expect(merged([])).toEqual([])
})

it('ends a day at midnight, even with 25 hours', () => {
  const now = Date.parse('2026-10-24T12:00:00Z')
  expect(dueBefore('today', now, 'Europe/Berlin')).toBe('2026-10-24T22:00:00.000Z')
  expect(dueBefore('week', now, 'Europe/Berlin')).toBe('2026-10-31T23:00:00.000Z')
  expect(dueBefore(undefined, now, 'Europe/Berlin')).toBeUndefined()
})
