import { expect, it } from 'vitest'
import type { Milestone } from '@/api/types'
import { axisOf, lanes, placeOf } from './axis'
import { check, patchOf, valuesOf } from './values'

it('covers every day and today with whole months', () => {
  const axis = axisOf(['2026-02-17', '2026-11-03'], '2026-01-20')
  expect(axis.months.map(({ month }) => month)).toEqual([
    '2026-01',
    '2026-02',
    '2026-03',
    '2026-04',
    '2026-05',
    '2026-06',
    '2026-07',
    '2026-08',
    '2026-09',
    '2026-10',
    '2026-11',
  ])
  expect(placeOf('2026-01-01', axis)).toBe(0)
  expect(placeOf('2026-12-01', axis)).toBe(1)
  expect(axisOf([], '2026-12-31').months).toHaveLength(4)
})

it('puts close marks on separate rows and reuses rows', () => {
  expect(lanes([0, 0.1, 0.5, 0.55, 0.6], 0.2)).toEqual([0, 1, 0, 1, 2])
  expect(lanes([0.95, 1], 0.2)).toEqual([0, 1])
  expect(lanes([], 0.2)).toEqual([])
})

const milestone = { name: 'Beta', description: null, due_on: '2026-06-01', status: 'open' } as Milestone

it('sends edited fields and refuses invalid dates', () => {
  const base = valuesOf(milestone)
  expect(patchOf({ ...base, status: 'reached' }, base)).toEqual({ status: 'reached' })
  expect(patchOf(base, { ...base, description: 'x' })).toEqual({ description: null })
  expect(check({ ...base, due_on: '' }).due_on).toBeDefined()
  expect(check({ ...base, due_on: '2026-02-30' }).due_on).toBeDefined()
  expect(check(base)).toEqual({ name: undefined, due_on: undefined })
})
