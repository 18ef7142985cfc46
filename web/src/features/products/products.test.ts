import { expect, it } from 'vitest'
import type { Product } from '@/api/types'
import { keyMistake, suggestKey } from './key'
import { check, newProduct, patchOf, valuesOf } from './values'

it('suggests a valid key from the words of the name', () => {
  expect(suggestKey('Orbit')).toBe('ORB')
  expect(suggestKey('Field Service App')).toBe('FSA')
  expect(suggestKey('Élan 2')).toBe('E2')
  expect(suggestKey('3D Printer')).toBe('PRI')
  expect(suggestKey('42')).toBe('')
  expect(suggestKey('日本')).toBe('')
  for (const name of ['Orbit', 'Field Service App', 'Élan 2', '3D Printer', 'a very long name of many words indeed and more'])
    expect(keyMistake(suggestKey(name))).toBeUndefined()
})

it('reports invalid keys', () => {
  for (const key of ['', 'A', '1AB', 'A-B', 'ABCDEFGHIJK']) expect(keyMistake(key)).toBeDefined()
  expect(keyMistake(' orb ')).toBeUndefined()
})

const product = {
  id: 'p',
  version: 3,
  key: 'ORB',
  name: 'Orbit',
  description: null,
  status: 'active',
  owner_id: 'ada',
  aging_alert_days: 14,
  wip_limits: { in_progress: 4 },
} as unknown as Product

it('sends only edited fields, and limits together', () => {
  const base = valuesOf(product)
  expect(patchOf({ ...base, name: 'Orbiter' }, base)).toEqual({ name: 'Orbiter' })
  expect(patchOf({ ...base, in_review: '3' }, base)).toEqual({ wip_limits: { open: null, in_progress: 4, blocked: null, in_review: 3 } })
  expect(patchOf({ ...base, in_progress: '' }, base)).toEqual({
    wip_limits: { open: null, in_progress: null, blocked: null, in_review: null },
  })
  expect(patchOf({ ...base, description: 'It flies.', aging_alert_days: '30' }, base)).toEqual({
    description: 'It flies.',
    aging_alert_days: 30,
  })
  expect(patchOf(base, { ...base, description: 'It flew.' })).toEqual({ description: null })
})

it('refuses limits and days out of range', () => {
  const base = valuesOf(product)
  expect(check({ ...base, open: '0' }).open).toBeDefined()
  expect(check({ ...base, open: '1.5' }).open).toBeDefined()
  expect(check({ ...base, open: '' }).open).toBeUndefined()
  expect(check({ ...base, aging_alert_days: '366' }).aging_alert_days).toBeDefined()
  expect(check({ ...base, aging_alert_days: '' }).aging_alert_days).toBeDefined()
})

it('leaves empty fields of a new product to the server', () => {
  expect(newProduct({ name: 'Orbit', key: 'orb', description: ' ', status: 'planning', owner_id: '' })).toEqual({
    name: 'Orbit',
    key: 'ORB',
    status: 'planning',
  })
})
