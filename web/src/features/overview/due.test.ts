import { expect, it } from 'vitest'
import type { MyReminder, TaskCard } from '@/api/types'
import { agenda, dueWords } from './due'

const task = (id: string, due_on: string | null, priority: TaskCard['priority'] = 'medium') =>
  ({ id, number: 1, due_on, priority }) as TaskCard
const reminder = (id: string, due_at: string) => ({ id, due_at }) as MyReminder

it('sorts oldest first, and reminders before tasks', () => {
  const { due, soon } = agenda(
    '2026-11-21',
    [
      task('low', '2026-11-21', 'low'),
      task('critical', '2026-11-21', 'critical'),
      task('late', '2026-11-02'),
      task('next week', '2026-11-28'),
      task('far', '2026-11-29'),
      task('tomorrow', '2026-11-22'),
      task('never', null),
    ],
    [reminder('noon', '2026-11-21T12:00:00Z'), reminder('morning', '2026-11-21T08:00:00Z'), reminder('old', '2026-10-01T08:00:00Z')],
    'UTC',
  )
  expect(due.map(({ key }) => key)).toEqual(['old', 'late', 'morning', 'noon', 'critical', 'low'])
  expect(soon.map(({ key }) => key)).toEqual(['tomorrow', 'next week'])
  expect(dueWords(due, '2026-11-21')).toBe('2 overdue, 4 today')
})

it('counts the days of reminders in the user’s zone', () => {
  const midnight = reminder('night', '2026-11-21T23:30:00Z')
  expect(agenda('2026-11-21', [], [midnight], 'Europe/Berlin').due).toEqual([])
  expect(agenda('2026-11-21', [], [midnight], 'America/New_York').due).toHaveLength(1)
  expect(dueWords([], '2026-11-21')).toBeUndefined()
})
