import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { lastChange } from '@/api/audit'
import { keys } from '@/api/keys'
import { Problem, asProblem } from '@/api/problem'
import type { Task, TaskCard, TaskPatch } from '@/api/types'
import { taskGet, taskUpdate } from '@/api/tasks'
import { toast } from '@/ui/Toast'
import { useForgottenTask, useStoredTask } from './useStoredTask'
import { conflicts } from './values'
import { fieldWord } from './words'

/** Changes to a task are sent one after another, so that a user's own changes never conflict with each other. */
const lines = new Map<string, Promise<unknown>>()

/** Runs after the task's earlier changes have completed, whether they succeeded or failed. */
export function inLine<T>(taskId: string, run: () => Promise<T>): Promise<T> {
  const sent = (lines.get(taskId) ?? Promise.resolve()).then(run, run)
  lines.set(taskId, sent)
  const leave = () => lines.get(taskId) === sent && lines.delete(taskId)
  void sent.then(leave, leave)
  return sent
}

async function conflictProblem(taskId: string, fields: readonly string[]): Promise<Problem> {
  const who = (await lastChange('task', taskId, fields)) ?? 'Someone else'
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

const patchOf = (change: TaskChange, now: Task | TaskCard) => (typeof change === 'function' ? change(now) : change)

const keyOf = (task: Task | TaskCard) => keys.tasks.one(task.product_id, task.id)

interface Save {
  task: Task | TaskCard
  change: TaskChange
  /** The task as shown when the user made the change. */
  seen: Task | TaskCard
}

/**
 * Saves changes to some fields: optimistically, then on the server. If someone else changed other fields, the change is retried on top of
 * theirs; if they changed the same field, theirs wins and a message is shown.
 */
export function useSaveTask() {
  const client = useQueryClient()
  const stored = useStoredTask()
  const forgotten = useForgottenTask()
  const { mutateAsync } = useMutation({
    mutationFn: async ({ task, change, seen }: Save) => {
      const now = client.getQueryData<Task>(keyOf(task)) ?? task
      const patch = patchOf(change, now)
      try {
        return await taskUpdate(now, patch)
      } catch (error) {
        const newer = asProblem(error).status === 412 ? await taskGet(task).catch(() => undefined) : undefined
        if (!newer) throw error
        const both = conflicts(patch, seen, newer)
        if (both.length > 0) throw await conflictProblem(task.id, both)
        return taskUpdate(newer, patch)
      }
    },
    onSuccess: stored,
    onError: async (error, { task, seen }) => {
      if (asProblem(error).status === 404) {
        forgotten(task)
        toast.error(`${task.reference} was deleted`, error)
        return
      }
      const now = await taskGet(task).catch(() => undefined)
      client.setQueryData(keyOf(task), (shown: Task | undefined) => shown && (now ?? (seen as Task)))
      if (now) stored(now)
      toast.error(`Couldn’t save ${task.reference}`, error)
    },
  })
  return useCallback(
    (task: Task | TaskCard, change: TaskChange): Promise<boolean> => {
      const key = keyOf(task)
      const seen = client.getQueryData<Task>(key) ?? task
      // Not in `onMutate`, which would wait for the queue. Items of a new checklist have no ids yet; the response has them.
      const { checklist: _steps, ...shown } = patchOf(change, seen)
      client.setQueryData(key, (now: Task | undefined) => now && ({ ...now, ...shown } as Task))
      return inLine(task.id, () => mutateAsync({ task, change, seen })).then(
        () => true,
        () => false,
      )
    },
    [client, mutateAsync],
  )
}
