import { expect, test } from 'vitest'
import { bucketText, lengthText, placeOf } from './lengths'

test('durations use a suitable unit', () => {
  expect([null, 0, 45, 210, 1440, 3000].map(lengthText)).toEqual(['–', '0 min', '45 min', '3.5 h', '1 day', '2.1 days'])
})

test('buckets name their bounds', () => {
  expect([bucketText(0, 240), bucketText(240, 1440), bucketText(1440, 2880), bucketText(86_400, null)]).toEqual([
    '<4 h',
    '4 h–1 d',
    '1–2 d',
    '60 d+',
  ])
})

test('a duration falls within its bucket', () => {
  const buckets = [
    { from_minutes: 0, to_minutes: 240 },
    { from_minutes: 240, to_minutes: 1440 },
    { from_minutes: 1440, to_minutes: null },
  ]
  expect([0, 120, 240, 840, 1440, 2160, 99_999].map((minutes) => placeOf(minutes, buckets))).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3])
})
