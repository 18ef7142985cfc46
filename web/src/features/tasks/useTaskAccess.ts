import { useCallback } from 'react'
import type { Attachment, Task } from '@/api/types'
import { useProductCan } from '@/session/productAccess'
import { useMe } from '@/session/useMe'
import { useProduct } from '@/shell/products/useProduct'

/** What the signed-in user may do with tasks of a product, as far as a page should show it. The server decides again. */
export function useTaskAccess(productId: string) {
  const me = useMe()
  const { data: product } = useProduct(productId)
  const may = useProductCan(product)
  const writes = may('task_write')
  const progresses = may('task_progress')
  const comments = may('comment_write')
  // Managers and admins speak anywhere in what they see; others where the work is theirs.
  const leads = me.roles.some((role) => role === 'admin' || role === 'manager')
  const mine = useCallback((task: Pick<Task, 'assignee_id'>) => task.assignee_id === me.id, [me.id])
  return {
    me,
    product,
    /** Everything of a task. */
    mayWrite: writes,
    /** Its status and checklist. */
    mayProgress: useCallback((task: Pick<Task, 'assignee_id'>) => writes || (progresses && mine(task)), [writes, progresses, mine]),
    mayComment: useCallback((task: Pick<Task, 'assignee_id'>) => comments && (leads || mine(task)), [comments, leads, mine]),
    /** To take away what others wrote. */
    mayModerate: writes,
    /** A file at a task: who put it there, and who manages the product. */
    mayRemoveFile: useCallback(
      (file: Pick<Attachment, 'created_by'>) => writes || (comments && file.created_by === me.id),
      [writes, comments, me.id],
    ),
    mayReadHistory: may('product_history_read'),
  }
}
