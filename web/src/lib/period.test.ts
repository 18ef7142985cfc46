import { expect, test } from 'vitest'
import { periodDays } from './period'

test('a period includes its first and last day', () => {
  expect(periodDays('d30', new Date('2026-01-10T23:59:00Z'))).toEqual({ from: '2025-12-12', to: '2026-01-10' })
  expect(periodDays('d90', new Date('2026-11-21T00:00:00Z'))).toEqual({ from: '2026-08-24', to: '2026-11-21' })
})
