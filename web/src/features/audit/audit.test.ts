import { describe, expect, it } from 'vitest'
import { momentsOf } from './range'
import { actionTone, actionWords, shortId, valueText } from './words'

describe('the days of a search', () => {
  it('begin and end in the zone of the user', () => {
    expect(momentsOf('2026-11-21', '2026-11-21', 'Europe/Berlin')).toEqual({
      from: '2026-11-20T23:00:00.000Z',
      to: '2026-11-21T22:59:59.999Z',
    })
    expect(momentsOf('2026-11-21', undefined, 'Asia/Kolkata')).toEqual({ from: '2026-11-20T18:30:00.000Z' })
  })
  it('have 23 and 25 hours when the clock is changed', () => {
    expect(momentsOf('2026-03-29', '2026-03-29', 'Europe/Berlin')).toEqual({
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T21:59:59.999Z',
    })
    expect(momentsOf('2026-11-01', '2026-11-01', 'America/New_York')).toEqual({
      from: '2026-11-01T04:00:00.000Z',
      to: '2026-11-02T04:59:59.999Z',
    })
  })
  it('may be left out', () => expect(momentsOf(undefined, undefined, 'UTC')).toEqual({}))
})

describe('records read like sentences', () => {
  it('also for operations that this page does not know', () => {
    expect(actionWords('investor_update')).toBe('Changed the investor')
    expect(actionWords('milestone_move')).toBe('Milestone move')
    expect(actionTone('denied')).toBe('red')
    expect(actionTone('milestone_delete')).toBe('amber')
    expect(actionTone('timeline_list')).toBe('slate')
  })
  it('with values of any kind', () => {
    expect(valueText(['a', 'b'])).toBe('a, b')
    expect([valueText(null), valueText(''), valueText([]), valueText(undefined)]).toEqual([null, null, null, null])
    expect(valueText(0)).toBe('0')
    expect(valueText({ a: 1 })).toBe('{"a":1}')
    expect(shortId('01a1fc9c-d929-73e5-a60b-cc1b99faf32c')).toBe('01a1…faf32c')
  })
})
