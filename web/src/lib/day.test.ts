import { expect, it } from 'vitest'
import { dayOf, shortDay, weekEnd } from './day'

it('differs between time zones', () => {
  const at = Date.parse('2026-11-21T23:30:00Z')
  expect(dayOf(at, 'UTC')).toBe('2026-11-21')
  expect(dayOf(at, 'Asia/Tokyo')).toBe('2026-11-22')
})

it.each([
  ['2026-11-16', '2026-11-22'],
  ['2026-11-21', '2026-11-22'],
  ['2026-11-22', '2026-11-22'],
  ['2026-12-31', '2027-01-03'],
])('the week of %s ends on %s', (day, end) => expect(weekEnd(day)).toBe(end))

it('names the year only if it differs', () => {
  expect(shortDay('2026-11-03', '2026-11-21')).toBe('3 Nov')
  expect(shortDay('2027-01-03', '2026-11-21')).toBe('3 Jan 2027')
  expect(shortDay('soon', '2026-11-21')).toBe('soon')
})
