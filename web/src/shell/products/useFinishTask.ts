import { useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query'
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
  const reread = () => void client.invalidateQueries({ queryKey: keys.tasks.mine })
  const failed = (error: Error, reference: string) => toast.error(`Couldn’t finish ${reference}`, error)
  const counted = ({ product_id: productId }: Known) => void client.invalidateQueries({ queryKey: keys.boards.top(productId) })
  const { mutate: reopen } = useMutation({
    mutationFn: ({ task, status }: { task: Known; status: TaskStatus }) => taskUpdate(task, { status }),
    onSuccess: (_saved, { task }) => toast.done(`Change to ${task.reference} undone`),
    onError: (error, { task }) => failed(error, task.reference),
    onSettled: (_saved, _error, { task }) => {
      counted(task)
      reread()
    },
  })
  const { mutate: finish } = useMutation({
    mutationFn: (task: TaskCard) => taskUpdate(task, { status: 'done' }),
    onMutate: (task) => {
      const without = (page: Page<TaskCard>) => ({ ...page, items: page.items.filter(({ id }) => id !== task.id) })
      client.setQueryData<InfiniteData<Page<TaskCard>>>(keys.tasks.mine, (mine) => mine && { ...mine, pages: mine.pages.map(without) })
    },
    onSuccess: (saved, { reference, status }) =>
      toast.done(`${reference} done`, { action: { label: 'Undo', run: () => reopen({ task: saved, status }) } }),
    onError: (error, { reference }) => {
      failed(error, reference)
      reread()
    },
    onSettled: (_saved, _error, task) => counted(task),
  })
  return finish
}
