import { describe, expect, it } from 'vitest'
import { dayNumber, dayOf, dayText, formatDate, relativeDay, shortDay, weekEnd } from './day'

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

it('counts days in any time zone', () => {
  expect(dayText(dayNumber('2026-03-29'))).toBe('2026-03-29')
  expect(dayNumber('2026-03-30') - dayNumber('2026-03-28')).toBe(2)
  expect(formatDate('2026-11-21')).toBe('21 Nov 2026')
})

describe('a day', () => {
  it.each([
    ['2026-11-21', 'today'],
    ['2026-11-20', 'yesterday'],
    ['2026-11-22', 'tomorrow'],
    ['2026-11-23', 'in 2 days'],
    ['2026-11-18', '3 days ago'],
    // Two calendar weeks back, which is not last week.
    ['2026-11-13', '8 days ago'],
    ['2026-11-07', '2 weeks ago'],
    ['2026-11-01', '2 weeks ago'],
    ['2026-09-21', '2 months ago'],
    ['2026-08-21', '3 months ago'],
    ['2026-08-22', '2 months ago'],
    ['2027-11-21', 'in 12 months'],
    ['2024-11-01', '2 years ago'],
    ['nonsense', 'nonsense'],
  ])('%s is %s', (date, words) => expect(relativeDay(date, '2026-11-21')).toBe(words))
})
