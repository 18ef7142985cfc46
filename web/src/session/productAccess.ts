import type { Me, Product } from '@/api/types'
import { can, useMe } from './useMe'

/** What those who are no admins may do with every product that they belong to; anything else they may do with their own. */
const AS_MEMBER: readonly string[] = [
  'product_read',
  'product_history_read',
  'product_analytics_read',
  'product_export',
  'product_report',
  'task_progress',
  'comment_write',
]
/** What is left of an archived product, or of one that is being deleted. */
const READING: readonly string[] = ['product_read', 'product_history_read', 'product_analytics_read', 'product_export', 'product_report']

type Owned = Pick<Product, 'owner_id' | 'status' | 'deleted_at'>

/** Whether the product and what is below it can be changed at all. */
export function isWritable({ status, deleted_at: deleted }: Pick<Product, 'status' | 'deleted_at'>): boolean {
  return status !== 'archived' && !deleted
}

/** Whether the user may do this with the product, its state aside. The server decides again. */
export function reaches(me: Me, product: Pick<Product, 'owner_id'>, action: string): boolean {
  return can(me, action) && (me.roles.includes('admin') || AS_MEMBER.includes(action) || product.owner_id === me.id)
}

/** Whether the user may do this with the product as it is: `mayInProduct(me, product, 'task_write')`. */
export function mayInProduct(me: Me, product: Owned, action: string): boolean {
  return reaches(me, product, action) && (isWritable(product) || READING.includes(action))
}

/** What the signed-in user may do with a product; nothing before it is known. */
export function useProductCan(product: Owned | undefined): (action: string) => boolean {
  const me = useMe()
  return (action) => product !== undefined && mayInProduct(me, product, action)
}
