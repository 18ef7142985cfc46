import { expect, it } from 'vitest'
import { rangeStart, rangesFor } from './range'

it.each([
  ['m3', '2026-11-21', '2026-08-21'],
  ['m3', '2026-05-31', '2026-02-28'],
  ['m6', '2026-03-15', '2025-09-15'],
  ['m24', '2024-02-29', '2022-02-28'],
] as const)('%s before %s starts on %s', (range, today, start) => {
  expect(rangeStart(range, new Date(`${today}T12:00:00Z`))).toBe(start)
})

it('two years are not shown by day', () => {
  expect(Object.keys(rangesFor('day'))).toEqual(['m3', 'm6', 'm12'])
  expect(Object.keys(rangesFor('week'))).toEqual(['m3', 'm6', 'm12', 'm24'])
})
