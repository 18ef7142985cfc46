import { expect, it } from 'vitest'
import type { SecuritySettings, UserCard } from '@/api/types'
import { rebase } from '@/lib/rebase'
import { check, covered, patchOf, valuesOf, withoutFactor } from './values'

const settings = (required_roles: SecuritySettings['required_roles'], grace_days = 14): SecuritySettings => ({
  version: 1,
  required_roles,
  grace_days,
})
const user = (name: string, roles: UserCard['roles'], second_factor: boolean, status: UserCard['status'] = 'active'): UserCard => ({
  id: name,
  name,
  username: name,
  roles,
  status,
  second_factor,
})

it('sends only what changed', () => {
  const before = valuesOf(settings(['admin']))
  expect(patchOf({ ...before, grace_days: '7' }, before)).toEqual({ grace_days: 7 })
  expect(patchOf({ ...before, analyst: true }, before)).toEqual({ required_roles: ['admin', 'analyst'] })
  expect(patchOf({ ...before, admin: false }, before)).toEqual({ required_roles: [] })
})

it('merges the roles that two admins chose', () => {
  const base = valuesOf(settings(['admin']))
  const newer = valuesOf(settings(['admin', 'manager']))
  const merged = rebase({ ...base, analyst: true }, base, newer)
  expect(patchOf(merged.values, newer)).toEqual({ required_roles: ['admin', 'analyst', 'manager'] })
})

it.each(['0', '90', ' 7 '])('accepts %j days', (days) => {
  expect(check({ ...valuesOf(settings([])), grace_days: days }).grace_days).toBeUndefined()
})

it.each(['', '91', '-1', '1.5', 'a week'])('refuses %j days', (days) => {
  expect(check({ ...valuesOf(settings([])), grace_days: days }).grace_days).toMatch(/0 to 90/)
})

it('lists first those whose role needs a factor, and nobody who can’t sign in', () => {
  const users = [
    user('a', ['analyst'], false),
    user('b', ['admin'], false),
    user('c', ['admin'], true),
    user('d', ['admin'], false, 'disabled'),
  ]
  expect(withoutFactor(users, ['admin']).map(({ user: { name }, needed }) => [name, needed])).toEqual([
    ['b', true],
    ['a', false],
  ])
  expect(covered(users, 'admin')).toEqual({ have: 1, all: 2 })
})
