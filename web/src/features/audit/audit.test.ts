import { describe, expect, it } from 'vitest'
import { momentsOf } from './range'
import { actionTone, actionWords, shortId, valueText } from './words'

describe('search days', () => {
  it('start and end in the user’s time zone', () => {
    expect(momentsOf('2026-11-21', '2026-11-21', 'Europe/Berlin')).toEqual({
      from: '2026-11-20T23:00:00.000Z',
      to: '2026-11-21T22:59:59.999Z',
    })
    expect(momentsOf('2026-11-21', undefined, 'Asia/Kolkata')).toEqual({ from: '2026-11-20T18:30:00.000Z' })
  })
  it('have 23 or 25 hours on clock changes', () => {
    expect(momentsOf('2026-03-29', '2026-03-29', 'Europe/Berlin')).toEqual({
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T21:59:59.999Z',
    })
    expect(momentsOf('2026-11-01', '2026-11-01', 'America/New_York')).toEqual({
      from: '2026-11-01T04:00:00.000Z',
      to: '2026-11-02T04:59:59.999Z',
    })
  })
  it('are optional', () => expect(momentsOf(undefined, undefined, 'UTC')).toEqual({}))
})

describe('records read like sentences', () => {
  it('for unknown operations', () => {
    expect(actionWords('investor_update')).toBe('Changed the investor')
    expect(actionWords('milestone_move')).toBe('Milestone move')
    expect(actionTone('denied')).toBe('red')
    expect(actionTone('milestone_delete')).toBe('amber')
    expect(actionTone('timeline_list')).toBe('slate')
  })
  it('with values of any type', () => {
    expect(valueText(['a', 'b'])).toBe('a, b')
    expect([valueText(null), valueText(''), valueText([]), valueText(undefined)]).toEqual([null, null, null, null])
    expect(valueText(0)).toBe('0')
    expect(valueText({ a: 1 })).toBe('{"a":1}')
    expect(shortId('01a1fc9c-d929-73e5-a60b-cc1b99faf32c')).toBe('01a1…faf32c')
  })
})
