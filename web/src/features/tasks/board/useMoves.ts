import { lastChange } from '@/api/audit'
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query'
import { useCallback, useRef } from 'react'
import { Problem, asProblem } from '@/api/problem'
import type { Board, Task, TaskCard, TaskPatch } from '@/api/types'
import { taskGet, taskMove, taskUpdate } from '@/api/tasks'
import { TASK_STATUSES } from '@/api/words'
import { toast } from '@/ui/Toast'
import { useForgottenTask, useStoredTask } from '../useStoredTask'
import { isBetween, placeOf, withMove, type Place } from './place'

type LanePatch = Pick<TaskPatch, 'assignee_id' | 'priority' | 'requirement_id'>

/** Explains to the user why a card went back. */
async function explainRefusal(card: TaskCard, place: Place, problem: Problem, now: Task | undefined): Promise<void> {
  const warn = (detail: string) =>
    toast.error(
      `Couldn’t move ${card.reference}`,
      new Problem({ status: problem.status, code: problem.code, title: detail, detail, requestId: problem.requestId }),
    )
  if (problem.code === 'wip_limit_reached') return warn(problem.detail ?? `${TASK_STATUSES[place.status]} is full.`)
  if (problem.status !== 412) return toast.error(`Couldn’t move ${card.reference}`, problem)
  const who = (await lastChange('task', card.id)) ?? 'Someone else'
  warn(
    now && now.status !== card.status
      ? `${who} moved it first: it’s now in “${TASK_STATUSES[now.status]}”.`
      : `${who} changed it. Move it again if you still want to.`,
  )
}

interface Move {
  card: TaskCard
  place: Place
  patch: LanePatch | null
}

/**
 * Moves cards: optimistically, then on the server, one after another so that each finds its neighbours where they were seen. A refused card
 * goes back, and is then shown as on the server.
 */
export function useMoves(key: QueryKey) {
  const client = useQueryClient()
  const stored = useStoredTask()
  const forgotten = useForgottenTask()
  const moving = useRef(new Map<string, number>())
  const versions = useRef(new Map<string, number>())
  const isMoving = useCallback((taskId: string) => moving.current.has(taskId), [])
  /** Whether no more moves of this card are pending. */
  const arrived = ({ id }: TaskCard) => {
    const left = (moving.current.get(id) ?? 1) - 1
    if (left > 0) moving.current.set(id, left)
    else moving.current.delete(id)
    return left === 0
  }

  const { mutate } = useMutation({
    scope: { id: 'board moves' },
    onMutate: ({ card, place, patch }: Move) => {
      void client.cancelQueries({ queryKey: key })
      const board = client.getQueryData<Board>(key)
      if (board) client.setQueryData(key, withMove(board, { ...card, ...patch } as TaskCard, place))
      moving.current.set(card.id, (moving.current.get(card.id) ?? 0) + 1)
      // The filters may have changed by the time the response arrives.
      return { key, from: board && placeOf(board, card) }
    },
    mutationFn: async ({ card, place, patch }: Move) => {
      let version = Math.max(card.version, versions.current.get(card.id) ?? 0)
      if (patch) ({ version } = await taskUpdate({ ...card, version }, patch))
      return taskMove({ ...card, version }, { status: place.status, after_id: place.afterId, before_id: place.beforeId })
    },
    onSuccess: (task, { card, place }, start) => {
      versions.current.set(card.id, task.version)
      // While the same card is moved further, applying the response to this step would make it jump.
      if (!arrived(card)) return
      stored(task)
      // The server gave the column new ranks, or other cards moved in: only its own order is right.
      const shown = client.getQueryData<Board>(start.key)
      if (shown && !isBetween(shown, task.id, place)) void client.invalidateQueries({ queryKey: start.key })
    },
    onError: async (error, { card, place }, start) => {
      arrived(card)
      const problem = asProblem(error)
      const from = start?.from
      if (from) client.setQueryData(start.key, (now: Board | undefined) => now && withMove(now, card, from))
      if (problem.status === 404) forgotten(card)
      const now = problem.status === 404 ? undefined : await taskGet(card).catch(() => undefined)
      if (now) {
        versions.current.set(card.id, now.version)
        stored(now)
      }
      await explainRefusal(card, place, problem, now)
    },
  })
  const move = useCallback((card: TaskCard, place: Place, patch: LanePatch | null = null) => mutate({ card, place, patch }), [mutate])
  return { move, isMoving }
}
