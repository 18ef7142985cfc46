import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { keys } from '@/api/keys'
import { Problem, asProblem } from '@/api/problem'
import type { Task, TaskCard, TaskPatch } from '@/api/types'
import { taskGet, taskUpdate } from '@/api/tasks'
import { toast } from '@/ui/Toast'
import { lastActor } from './history'
import { useForgottenTask, useStoredTask } from './useStoredTask'
import { conflicts } from './values'
import { fieldWord } from './words'

/** Changes to a task are sent one after another, so that a user's own changes never conflict with each other. */
const lines = new Map<string, Promise<unknown>>()

async function told(taskId: string, fields: readonly string[]): Promise<Problem> {
  const who = (await lastActor(taskId)) ?? 'Someone else'
  const what = fields.map((field) => fieldWord(field).toLowerCase()).join(' and ')
  return new Problem({
    status: 412,
    code: 'stale_version',
    title: `${who} changed the ${what}`,
    detail: `${who} changed the ${what}. Their version is now shown.`,
  })
}

/** The change; a function computes it from the task's state when its turn comes, for values that grow, such as adding to a checklist. */
type TaskChange = TaskPatch | ((now: Task | TaskCard) => TaskPatch)

/**
 * Saves changes to some fields: optimistically, then on the server. If someone else changed other fields, the change is retried on top of
 * theirs; if they changed the same field, theirs wins and a message is shown.
 */
export function useSaveTask() {
  const client = useQueryClient()
  const stored = useStoredTask()
  const forgotten = useForgottenTask()
  return useCallback(
    (task: Task | TaskCard, change: TaskChange): Promise<boolean> => {
      const key = keys.tasks.one(task.product_id, task.id)
      const newest = () => client.getQueryData<Task>(key) ?? task
      const seen = newest()
      const patchOf = (now: Task | TaskCard) => (typeof change === 'function' ? change(now) : change)
      // Items of a new checklist have no ids yet; the response has them.
      const { checklist: _steps, ...shown } = patchOf(seen)
      client.setQueryData(key, (now: Task | undefined) => now && ({ ...now, ...shown } as Task))
      const send = async () => {
        const patch = patchOf(newest())
        try {
          stored(await taskUpdate(newest(), patch))
          return true
        } catch (error) {
          const problem = asProblem(error)
          if (problem.status === 404) {
            forgotten(task)
            toast.error(`${task.reference} was deleted`, problem)
            return false
          }
          const now = await taskGet(task).catch(() => undefined)
          const both = now ? conflicts(patch, seen, now) : []
          if (problem.status === 412 && now && both.length === 0) {
            try {
              stored(await taskUpdate(now, patch))
              return true
            } catch (second) {
              stored(now)
              toast.error(`Couldn’t save ${task.reference}`, second)
              return false
            }
          }
          client.setQueryData(key, (shownNow: Task | undefined) => shownNow && (now ?? (seen as Task)))
          if (now) stored(now)
          toast.error(`Couldn’t save ${task.reference}`, problem.status === 412 ? await told(task.id, both) : problem)
          return false
        }
      }
      const sent = (lines.get(task.id) ?? Promise.resolve()).then(send)
      lines.set(task.id, sent)
      void sent.finally(() => lines.get(task.id) === sent && lines.delete(task.id))
      return sent
    },
    [client, forgotten, stored],
  )
}
