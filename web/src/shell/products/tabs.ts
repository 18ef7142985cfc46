import type { Product } from '@/api/types'
import { isWritable } from '@/session/productAccess'

export interface ProductTab {
  /** Path after `/products/$productId`. */
  path: '' | `/${string}`
  label: string
  /** `may` is the caller's permissions on this product in its current state. */
  allowed?: (product: Product, may: (action: string) => boolean) => boolean
}

/** The sections of a product's page, in this order. A feature with a section adds its line. */
export const PRODUCT_TABS: readonly ProductTab[] = [
  { path: '', label: 'Overview' },
  { path: '/board', label: 'Board' },
  { path: '/tasks', label: 'Tasks' },
  { path: '/requirements', label: 'Requirements' },
  { path: '/milestones', label: 'Milestones' },
  { path: '/assets', label: 'Assets' },
  { path: '/analytics', label: 'Analytics', allowed: (_, may) => may('product_analytics_read') },
  { path: '/rules', label: 'Rules' },
  { path: '/team', label: 'Team' },
  { path: '/settings', label: 'Settings', allowed: (product, may) => isWritable(product) && may('product_update') },
]
