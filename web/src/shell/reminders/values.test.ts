import { expect, it } from 'vitest'
import { check, fresh, newReminder, patchOf } from './values'

const base = { ...fresh(Date.parse('2026-10-24T22:30:00Z'), 'Europe/Berlin', 'u'), message: 'Call' }

it('starts with tomorrow morning in the user’s zone', () => expect(base.due_local).toBe('2026-10-26T09:00'))

it('omits an unchanged time, which would reschedule the reminder', () => {
  expect(patchOf({ ...base, message: 'Write' }, base)).toEqual({ message: 'Write' })
  expect(patchOf({ ...base, frequency: 'weekly', interval: '2' }, base)).toEqual({ recurrence: { frequency: 'weekly', interval: 2 } })
  expect(patchOf(base, { ...base, frequency: 'daily' })).toEqual({ recurrence: null })
  expect(newReminder(base).recurrence).toBeNull()
})

it('asks for an interval only if the reminder recurs', () => {
  expect(check({ ...base, interval: '' }).interval).toBeUndefined()
  expect(check({ ...base, frequency: 'daily', interval: '1.5' }).interval).toBeDefined()
  expect(check({ ...base, due_local: '' }).due_local).toBeDefined()
})
