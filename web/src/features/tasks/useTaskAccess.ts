import { useCallback } from 'react'
import type { Attachment, Task } from '@/api/types'
import { useProductCan } from '@/session/productAccess'
import { useMe } from '@/session/useMe'
import { useProduct } from '@/shell/products/useProduct'

/** The signed-in user's permissions on a product's tasks, for what the page shows. The server decides again. */
export function useTaskAccess(productId: string) {
  const me = useMe()
  const { data: product } = useProduct(productId)
  const may = useProductCan(product)
  const writes = may('task_write')
  const progresses = may('task_progress')
  const comments = may('comment_write')
  // Managers and admins can comment on everything they see; others only on their own work.
  const leads = me.roles.some((role) => role === 'admin' || role === 'manager')
  const mine = useCallback((task: Pick<Task, 'assignee_id'>) => task.assignee_id === me.id, [me.id])
  return {
    me,
    product,
    /** Every field of a task. */
    mayWrite: writes,
    /** Status and checklist. */
    mayProgress: useCallback((task: Pick<Task, 'assignee_id'>) => writes || (progresses && mine(task)), [writes, progresses, mine]),
    mayComment: useCallback((task: Pick<Task, 'assignee_id'>) => comments && (leads || mine(task)), [comments, leads, mine]),
    /** Delete other users' comments. */
    mayModerate: writes,
    /** Delete an attachment: its uploader, and the product's managers. */
    mayRemoveFile: useCallback(
      (file: Pick<Attachment, 'created_by'>) => writes || (comments && file.created_by === me.id),
      [writes, comments, me.id],
    ),
    mayReadHistory: may('product_history_read'),
  }
}
