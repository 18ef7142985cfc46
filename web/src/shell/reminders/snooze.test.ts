import { expect, it } from 'vitest'
import { recurrenceWords } from '@/api/recurrence'
import { snoozeChoices } from './snooze'

const choices = (now: string, zone: string) =>
  snoozeChoices(Date.parse(now), zone).map(({ label, until }) => [label, new Date(until).toISOString()])

it('offers 9 o’clock across the end of summer time', () => {
  expect(choices('2026-10-24T10:00:00Z', 'Europe/Berlin')).toEqual([
    ['In 1 hour', '2026-10-24T11:00:00.000Z'],
    ['Tomorrow morning', '2026-10-25T08:00:00.000Z'],
    ['Next week', '2026-10-26T08:00:00.000Z'],
  ])
  expect(choices('2026-03-28T10:00:00Z', 'Europe/Berlin')[1]).toEqual(['Tomorrow morning', '2026-03-29T07:00:00.000Z'])
})

it('uses the user’s day and a week from Monday', () => {
  // Already Tuesday in Tokyo.
  expect(choices('2026-11-23T16:00:00Z', 'Asia/Tokyo').slice(1)).toEqual([
    ['Tomorrow morning', '2026-11-25T00:00:00.000Z'],
    ['Next week', '2026-11-30T00:00:00.000Z'],
  ])
  expect(choices('2026-11-23T08:00:00Z', 'UTC')[2]).toEqual(['Next week', '2026-11-30T09:00:00.000Z'])
  expect(choices('2026-11-22T08:00:00Z', 'UTC').map(([label]) => label)).toEqual(['In 1 hour', 'Tomorrow morning'])
})

it('describes how a reminder recurs', () => {
  expect(recurrenceWords({ frequency: 'daily' })).toBe('every day')
  expect(recurrenceWords({ frequency: 'monthly', interval: 3 })).toBe('every 3 months')
})
