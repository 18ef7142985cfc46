import { renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newId } from './id'
import { flag, oneOf, text } from './search'
import { listenForShortcuts, shortcutsOn, useShortcut } from './shortcuts'
import { dayStartWords, formatExact, formatRelative, formatRelativeDay, setTimeZone, today, zoneOptions } from './time'

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

  it.each([
    // 26 hours and 47 hours: both less than two days, on different days.
    ['2026-11-22T14:00:00Z', 'UTC', 'tomorrow, 22 Nov'],
    ['2026-11-23T11:00:00Z', 'UTC', 'in 2 days, 23 Nov'],
    ['2026-11-19T13:00:00Z', 'UTC', '2 days ago, 19 Nov'],
    // Eight hours away, on the next day; in Los Angeles still on this one.
    ['2026-11-21T23:30:00Z', 'Asia/Tokyo', 'tomorrow, 22 Nov'],
    ['2026-11-21T23:30:00Z', 'America/Los_Angeles', 'in 11 hours, 21 Nov'],
    ['2026-11-09T12:00:00Z', 'UTC', '12 days ago, 9 Nov'],
    ['2025-12-30T12:00:00Z', 'UTC', '10 months ago, 30 Dec 2025'],
    ['2026-11-21T11:15:00Z', 'UTC', '45 minutes ago, 21 Nov'],
    ['no time', 'UTC', 'no time'],
  ])('%s in %s reads %s', (at, zone, words) => expect(formatRelativeDay(at, now, zone)).toBe(words))

  it('use the user’s zone unless told otherwise', () => {
    setTimeZone('Asia/Tokyo')
    expect(formatRelative('2026-11-21T23:30:00Z', now)).toBe('tomorrow')
    expect(today(Date.parse('2026-11-21T23:30:00Z'))).toBe('2026-11-22')
    setTimeZone(undefined)
  })

  it('say when a day of figures begins', () => {
    expect(dayStartWords('UTC', now)).toBe('By day.')
    expect(dayStartWords('America/Los_Angeles', now)).toBe('By day; a day begins at 16:00 your time.')
  })

  it('offer the user’s zone even under a name that isn’t listed', () => {
    const alias = ['Asia/Kolkata', 'Asia/Calcutta'].find((name) => !Intl.supportedValuesOf('timeZone').includes(name)) ?? 'UTC'
    expect(zoneOptions(alias).map(({ value }) => value)).toContain(alias)
    expect(zoneOptions('nowhere').map(({ value }) => value)).not.toContain('nowhere')
  })

  it('are exact in the requested time zone', () => {
    expect(formatExact('2026-11-21T23:30:00Z', 'Asia/Tokyo')).toMatch(/22 Nov 2026, 08:30/)
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
