import { expect, it } from 'vitest'
import { localOf, momentOf, sameClock } from './zoned'

const iso = (local: string, zone: string) => new Date(momentOf(local, zone)).toISOString()

it.each([
  ['2026-07-01T09:00', 'Europe/Berlin', '2026-07-01T07:00:00.000Z'],
  ['2026-12-01T09:00', 'Asia/Kolkata', '2026-12-01T03:30:00.000Z'],
  // Skipped in spring: shifted by the length of the gap.
  ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  // Ambiguous in autumn: the earlier one.
  ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
])('%s in %s is %s', (local, zone, at) => expect(iso(local, zone)).toBe(at))

it('reads the wall-clock time', () => {
  expect(localOf(Date.parse('2026-03-29T01:30:00Z'), 'Europe/Berlin')).toBe('2026-03-29T03:30')
  expect(momentOf('soon', 'UTC')).toBeNaN()
})

it('compares clocks, not names', () => {
  const now = Date.parse('2026-12-01T00:00:00Z')
  expect(sameClock('Europe/Berlin', 'Europe/Vienna', now)).toBe(true)
  // The same in December, an hour apart in June.
  expect(sameClock('Africa/Lagos', 'Europe/Berlin', now)).toBe(false)
  expect(sameClock('UTC', 'America/Los_Angeles', now)).toBe(false)
})
