import { expect, it } from 'vitest'
import { monthAfter, monthWords } from './month'

it('crosses the end of a year in both directions', () => {
  expect(monthAfter('2026-12', 1)).toBe('2027-01')
  expect(monthAfter('2026-01', -1)).toBe('2025-12')
  expect(monthAfter('2026-05', 0)).toBe('2026-05')
  expect(monthWords('2026-11')).toBe('November 2026')
})
