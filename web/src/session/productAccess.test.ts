import { expect, it } from 'vitest'
import type { Me } from '@/api/types'
import { mayInProduct, reaches } from './productAccess'

const user = (id: string, roles: Me['roles'], permissions: string[]) => ({ id, roles, permissions }) as Me
const ACTIONS = ['product_read', 'product_update', 'task_write', 'task_progress', 'comment_write']
const product = { owner_id: 'ada', status: 'active' as const, deleted_at: null }

it('lets admins write everywhere, managers in their own products', () => {
  expect(mayInProduct(user('root', ['admin'], ACTIONS), product, 'task_write')).toBe(true)
  expect(mayInProduct(user('ada', ['manager'], ACTIONS), product, 'task_write')).toBe(true)
  expect(mayInProduct(user('jo', ['manager'], ACTIONS), product, 'task_write')).toBe(false)
  expect(mayInProduct(user('jo', ['manager'], ACTIONS), product, 'comment_write')).toBe(true)
})

it('grants no role more than its permissions', () => {
  expect(mayInProduct(user('ada', ['team_member'], ['product_read', 'task_progress']), product, 'product_update')).toBe(false)
})

it('closes an archived product, except for reopening', () => {
  const archived = { ...product, status: 'archived' as const }
  const owner = user('ada', ['manager'], ACTIONS)
  expect(mayInProduct(owner, archived, 'task_write')).toBe(false)
  expect(mayInProduct(owner, archived, 'product_read')).toBe(true)
  expect(reaches(owner, archived, 'product_update')).toBe(true)
  expect(mayInProduct(owner, { ...product, deleted_at: '2026-01-01T00:00:00Z' }, 'task_progress')).toBe(false)
})
