import type { Me, Product } from '@/api/types'
import { can, useMe } from './useMe'

/** Permissions that non-admins have on every product they belong to; the other ones apply to products they own. */
const AS_MEMBER: readonly string[] = [
  'product_read',
  'product_history_read',
  'product_analytics_read',
  'product_export',
  'product_report',
  'task_progress',
  'comment_write',
]
/** Permissions that remain on an archived product, or one being deleted. */
const READING: readonly string[] = ['product_read', 'product_history_read', 'product_analytics_read', 'product_export', 'product_report']

type Owned = Pick<Product, 'owner_id' | 'status' | 'deleted_at'>

/** Whether the product and everything below it can be changed at all. */
export function isWritable({ status, deleted_at: deleted }: Pick<Product, 'status' | 'deleted_at'>): boolean {
  return status !== 'archived' && !deleted
}

/** Whether the user has this permission on the product, ignoring its state. The server decides again. */
export function reaches(me: Me, product: Pick<Product, 'owner_id'>, action: string): boolean {
  return can(me, action) && (me.roles.includes('admin') || AS_MEMBER.includes(action) || product.owner_id === me.id)
}

/** Whether the user has this permission on the product in its current state: `mayInProduct(me, product, 'task_write')`. */
export function mayInProduct(me: Me, product: Owned, action: string): boolean {
  return reaches(me, product, action) && (isWritable(product) || READING.includes(action))
}

/** The signed-in user's permissions on a product; none before it is loaded. */
export function useProductCan(product: Owned | undefined): (action: string) => boolean {
  const me = useMe()
  return (action) => product !== undefined && mayInProduct(me, product, action)
}
