import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { boardColumn, type BoardFilters } from '@/api/board'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Board, BoardColumn, TaskStatus } from '@/api/types'
import { taskGet } from '@/api/tasks'
import { useChanges } from '@/live/changes'
import { toast } from '@/ui/Toast'
import { taskBehind } from '../history'
import { boardQuery } from '../routes'
import { useForgottenTask, useStoredTask } from '../useStoredTask'
import { findCard, withPage } from './place'

/** A product's board and further pages of its columns. */
export function useBoard(productId: string, filters: BoardFilters) {
  const client = useQueryClient()
  const { assignee_id, requirement_id, milestone_id, priority, label, text } = filters
  const narrowed = useMemo<BoardFilters>(
    () => ({ assignee_id, requirement_id, milestone_id, priority, label, text }),
    [assignee_id, requirement_id, milestone_id, priority, label, text],
  )
  const options = useMemo(() => boardQuery(productId, narrowed), [productId, narrowed])
  const key = options.queryKey
  const query = useQuery({ ...options, placeholderData: keepPreviousData })
  const [loading, setLoading] = useState<readonly TaskStatus[]>([])
  const requested = useRef(new Set<string>())
  const loadMore = useCallback(
    async ({ status, next_cursor: cursor }: BoardColumn) => {
      if (!cursor || requested.current.has(cursor)) return
      requested.current.add(cursor)
      setLoading((now) => [...now, status])
      try {
        const page = await boardColumn(productId, status, narrowed, cursor)
        client.setQueryData(key, (board: Board | undefined) => board && withPage(board, { ...page, status }))
      } catch (error) {
        toast.error('Couldn’t load the rest of the column', error)
        // A later scroll retries.
        setTimeout(() => requested.current.delete(cursor), 5000)
      } finally {
        setLoading((now) => now.filter((one) => one !== status))
      }
    },
    [client, key, narrowed, productId],
  )
  return { query, board: query.data, key, loading, loadMore }
}

/** Changes to the same task in quick succession are read once. */
const GATHER_MS = 60
/** Above this, reloading the board is cheaper than reading each task. */
const MANY = 20

/** Entities whose changes affect a card's number of comments or files. */
const COUNTED = new Set(['comment_create', 'comment_delete', 'attachment_release', 'attachment_delete'])

/** Applies other users' changes: reads the one task and moves its card to the right place. */
export function useLiveBoard(productId: string, isMoving: (taskId: string) => boolean): void {
  const client = useQueryClient()
  const stored = useStoredTask()
  const forgotten = useForgottenTask()
  const changed = useRef(new Set<string>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  const read = async (id: string) => {
    try {
      stored(await taskGet({ id, product_id: productId }))
    } catch (error) {
      if (asProblem(error).status === 404) forgotten({ id, product_id: productId })
    }
  }
  const flush = () => {
    const ids = [...changed.current].filter((id) => !isMoving(id))
    // A card being moved is looked at once the move is done.
    changed.current = new Set([...changed.current].filter(isMoving))
    timer.current = changed.current.size > 0 ? setTimeout(flush, GATHER_MS) : undefined
    if (ids.length > MANY) void client.invalidateQueries({ queryKey: keys.boards.of(productId) })
    else for (const id of ids) void read(id)
  }
  const queue = (id: string) => {
    changed.current.add(id)
    timer.current ??= setTimeout(flush, GATHER_MS)
  }
  useChanges(({ entity_type: type, entity_id: id, parent_id: parent, action, version }) => {
    if (type === 'product' && id === productId) void client.invalidateQueries({ queryKey: keys.boards.of(productId) })
    if (parent !== productId) return
    // Cards count comments and files, which doesn't change the task's version.
    if ((type === 'comment' || type === 'attachment') && COUNTED.has(action)) {
      return void taskBehind(type, id).then((taskId) => taskId !== undefined && queue(taskId))
    }
    if (type !== 'task') return
    if (action === 'task_delete') return forgotten({ id, product_id: productId })
    const boards = client.getQueriesData<Board>({ queryKey: keys.boards.of(productId) })
    // The user's own changes are already here.
    if (boards.every(([, board]) => board !== undefined && (findCard(board, id)?.version ?? 0) >= version)) return
    queue(id)
  })
}
