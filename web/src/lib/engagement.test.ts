import { describe, expect, it } from 'vitest'
import { engagementWord, formatDay } from './engagement'

describe('engagement', () => {
  it('has a word for every score', () => {
    expect([0, 19, 20, 59, 60, 100].map(engagementWord)).toEqual(['Cold', 'Cold', 'Warm', 'Warm', 'Strong', 'Strong'])
  })
})

describe('a day', () => {
  const now = Date.parse('2026-11-21T23:50:00Z')
  it.each([
    ['2026-11-21', 'today'],
    ['2026-11-20', 'yesterday'],
    ['2026-11-18', '3 days ago'],
    ['2026-11-01', '2 weeks ago'],
    ['2026-08-21', '3 months ago'],
    ['2024-11-01', '2 years ago'],
    ['nonsense', 'nonsense'],
  ])('%s is %s', (date, words) => expect(formatDay(date, now)).toBe(words))
})
