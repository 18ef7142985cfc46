import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { BoardFilters } from '@/api/board'
import { keys } from '@/api/keys'
import type { Board, Task, TaskCard } from '@/api/types'
import { fits } from './board/group'
import { cardOf, findCard, withCard, withoutCard } from './board/place'

/** Whether a card belongs to a board filtered by the server. */
export function belongs(card: TaskCard, filters: BoardFilters): boolean {
  const wanted = (filter: string | undefined, value: string | null | undefined) => filter === undefined || (value ?? 'none') === filter
  return (
    fits(card, filters) &&
    wanted(filters.assignee_id, card.assignee_id) &&
    wanted(filters.requirement_id, card.requirement_id) &&
    wanted(filters.milestone_id, card.milestone_id)
  )
}

/** Shows the newest version of a task everywhere, without reloading the board. */
export function useStoredTask() {
  const client = useQueryClient()
  return useCallback(
    (task: Task) => {
      client.setQueryData(keys.tasks.one(task.product_id, task.id), (known: Task | undefined) =>
        known && known.version > task.version ? known : task,
      )
      const card = cardOf(task)
      for (const [key] of client.getQueriesData<Board>({ queryKey: keys.boards.of(task.product_id) })) {
        const filters = key[2] as BoardFilters
        client.setQueryData(
          key,
          (board: Board | undefined) => board && (belongs(card, filters) ? withCard(board, card) : withoutCard(board, task.id)),
        )
      }
      void client.invalidateQueries({ queryKey: [...keys.tasks.of(task.product_id), 'list'] })
      void client.invalidateQueries({ queryKey: keys.tasks.mine })
    },
    [client],
  )
}

/** Removes a deleted task everywhere. */
export function useForgottenTask() {
  const client = useQueryClient()
  return useCallback(
    ({ id, product_id: productId }: Pick<Task, 'id' | 'product_id'>) => {
      client.setQueriesData<Board>(
        { queryKey: keys.boards.of(productId) },
        (board) => board && (findCard(board, id) ? withoutCard(board, id) : board),
      )
      client.removeQueries({ queryKey: keys.tasks.one(productId, id) })
      void client.invalidateQueries({ queryKey: [...keys.tasks.of(productId), 'list'] })
      void client.invalidateQueries({ queryKey: keys.tasks.mine })
    },
    [client],
  )
}
