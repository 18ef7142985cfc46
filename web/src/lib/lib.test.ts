import { renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newId } from './id'
import { flag, oneOf, text } from './search'
import { listenForShortcuts, shortcutsOn, useShortcut } from './shortcuts'
import { formatDate, formatExact, formatRelative } from './time'

describe('times', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  it.each([
    ['2026-11-18T11:00:00Z', '3 days ago'],
    ['2026-11-20T11:00:00Z', 'yesterday'],
    ['2026-11-21T11:59:40Z', 'just now'],
    ['2026-11-21T14:30:00Z', 'in 2 hours'],
    ['2024-01-01T00:00:00Z', '2 years ago'],
    ['no time', 'no time'],
  ])('%s reads %s', (at, words) => expect(formatRelative(at, now)).toBe(words))

  it('are exact in the requested time zone', () => {
    expect(formatExact('2026-11-21T23:30:00Z', 'Asia/Tokyo')).toMatch(/22 Nov 2026, 08:30/)
    expect(formatDate('2026-11-21')).toBe('21 Nov 2026')
  })
})

it('invalid search parameters are dropped', () => {
  const search = { tier: 'gold', status: 'bogus', tag: 2024, deleted: 'true', empty: ' ' }
  expect(oneOf(search, 'tier', ['gold'])).toBe('gold')
  expect(oneOf(search, 'status', { active: 'Active' })).toBeUndefined()
  expect(text(search, 'tag')).toBe('2024')
  expect(text(search, 'empty')).toBeUndefined()
  expect(flag(search, 'deleted')).toBe(true)
  expect(flag(search, 'other')).toBeUndefined()
})

it('ids are distinct UUIDs', () => {
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(newId()).not.toBe(newId())
})

describe('shortcuts', () => {
  const press = (key: string, target: EventTarget = document.body, more: KeyboardEventInit = {}) =>
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
  let stop = () => {}
  afterEach(() => {
    stop()
    shortcutsOn.set(true)
  })

  it('handle one or two keys, but not typing or modifiers', () => {
    stop = listenForShortcuts()
    const one = vi.fn()
    const two = vi.fn()
    renderHook(() => {
      useShortcut('j', 'One', one)
      useShortcut('g i', 'Two', two)
    })
    press('j')
    press('g')
    press('i')
    press('i')
    const input = document.body.appendChild(document.createElement('input'))
    press('j', input)
    input.remove()
    press('j', document.body, { ctrlKey: true })
    shortcutsOn.set(false)
    press('j')
    expect(one).toHaveBeenCalledOnce()
    expect(two).toHaveBeenCalledOnce()
  })
})
