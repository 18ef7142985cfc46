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

/** Changes of a task go one after the other, so that one's own never meet as those of two people. */
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

/** What is changed; a function says it of the task as it is when its turn comes, for what grows: the next step of a checklist. */
type TaskChange = TaskPatch | ((now: Task | TaskCard) => TaskPatch)

/**
 * Saves a change of some fields: at once on the screen, then on the server. Where somebody else changed other fields
 * meanwhile, the change is sent again on top of theirs; where they changed the same field, theirs stays and it is said.
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
      // The steps of a new checklist have no ids yet: the answer brings them.
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
