import { useQueryClient, type InfiniteData } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import { taskUpdate } from '@/api/tasks'
import type { Page, TaskCard, TaskStatus } from '@/api/types'
import { toast } from '@/ui/Toast'

type Known = Pick<TaskCard, 'id' | 'version' | 'product_id' | 'reference' | 'status'>

/**
 * Marks a task as done where only its card is shown, with a toast and an undo. It leaves the user's list at once: the list itself lags
 * slightly, and a read in between would show it again.
 */
export function useFinishTask() {
  const client = useQueryClient()
  const become = async (task: Known, status: TaskStatus, title: string): Promise<Known | undefined> => {
    try {
      const saved = await taskUpdate(task, { status })
      toast.done(title, status === 'done' ? { action: { label: 'Undo', run: () => void reopen(saved, task.status) } } : undefined)
      return saved
    } catch (error) {
      toast.error(`Couldn’t finish ${task.reference}`, error)
      return undefined
    } finally {
      void client.invalidateQueries({ queryKey: keys.boards.top(task.product_id) })
    }
  }
  const reopen = async (task: Known, status: TaskStatus) => {
    await become(task, status, `Change to ${task.reference} undone`)
    void client.invalidateQueries({ queryKey: keys.tasks.mine })
  }
  return async (task: TaskCard) => {
    const without = (page: Page<TaskCard>) => ({ ...page, items: page.items.filter(({ id }) => id !== task.id) })
    client.setQueryData<InfiniteData<Page<TaskCard>>>(keys.tasks.mine, (mine) => mine && { ...mine, pages: mine.pages.map(without) })
    if (!(await become(task, 'done', `${task.reference} done`))) void client.invalidateQueries({ queryKey: keys.tasks.mine })
  }
}
