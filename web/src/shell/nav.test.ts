import { expect, it } from 'vitest'
import type { Me } from '@/api/types'
import { allowedNav, barNav, groupedNav } from './nav'

const user = (...permissions: string[]) => ({ roles: [], permissions }) as unknown as Me
const INVESTORS = ['analytics_read', 'investor_read', 'reminder_write', 'import_run']
const labels = (items: readonly { label: string }[]) => items.map(({ label }) => label)

it('has the overview for everyone', () => {
  expect(labels(allowedNav(user()))).toEqual(['Overview', 'Notifications'])
  expect(labels(allowedNav(user('product_read')))[0]).toBe('Overview')
})

it('shows a workspace only to users with access', () => {
  expect(labels(allowedNav(user(...INVESTORS)))).not.toContain('Products')
  expect(labels(allowedNav(user('product_read')))).not.toContain('Investors')
})

it('groups the workspaces for users of both', () => {
  expect(groupedNav(allowedNav(user('product_read')))).toHaveLength(1)
  expect(labels(groupedNav(allowedNav(user(...INVESTORS, 'product_read'))))).toEqual(['', 'Investors', 'Products', 'Company'])
})

it('moves items that don’t fit the bar behind More', () => {
  const { bar, more } = barNav(allowedNav(user(...INVESTORS, 'product_read', 'user_create', 'audit_read')))
  expect(bar).toHaveLength(4)
  expect(labels(bar)).toEqual(expect.arrayContaining(['Overview', 'Investors', 'Products']))
  expect(labels(more)).toContain('Audit')
  expect(barNav(allowedNav(user('product_read'))).more).toEqual([])
})
