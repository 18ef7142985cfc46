import { expect, it } from 'vitest'
import type { Investor } from '@/api/types'
import { changesOf, conflicts, gained, taking } from './choice'

const base: Investor = {
  id: 'a',
  version: 1,
  created_at: '',
  updated_at: '',
  created_by: 'u',
  name: 'Acme',
  kind: 'fund',
  email: null,
  phone: null,
  address: null,
  country: null,
  tier: 'gold',
  status: 'active',
  relationship_manager_id: null,
  tags: [],
  notes: null,
  external_key: null,
  deleted_at: null,
  absorbed_ids: [],
}

it('asks only about conflicting values', () => {
  const goes: Investor = { ...base, id: 'b', name: 'ACME Ltd', email: 'a@b.example', tier: 'silver' }
  expect(conflicts(base, goes)).toEqual(['name', 'tier'])
  expect(gained(base, goes)).toEqual(['email'])
})

it('sends only values taken from the other investor', () => {
  const goes: Investor = { ...base, id: 'b', name: 'ACME Ltd', tier: 'silver' }
  expect(changesOf(goes, new Set(['tier'] as const))).toEqual({ tier: 'silver' })
  expect(changesOf(goes, new Set())).toEqual({})
})

it('takes the better tier by default', () => {
  const of = (tier: Investor['tier']): Investor => ({ ...base, tier })
  expect([...taking(of('gold'), of('platinum'))]).toEqual(['tier'])
  expect([...taking(of('prospect'), of('bronze'))]).toEqual(['tier'])
  expect([...taking(of('gold'), of('silver'))]).toEqual([])
  expect([...taking(of('gold'), of('gold'))]).toEqual([])
})
