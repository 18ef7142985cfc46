import { useCallback, useEffect, useMemo, useRef } from 'react'
import type { Board, TaskCard, TaskStatus } from '@/api/types'
import { useTeam } from '@/shell/products/useProduct'
import type { BoardSearch, LaneKind } from '../routes'
import { useNames } from '../useNames'
import { fits, lanesOf, type Lane } from './group'
import type { Carried } from './useKeyboard'

export type ByStatus = Record<TaskStatus, readonly TaskCard[]>

function byStatus(pick: (status: TaskStatus) => readonly TaskCard[]): ByStatus {
  return {
    open: pick('open'),
    in_progress: pick('in_progress'),
    blocked: pick('blocked'),
    in_review: pick('in_review'),
    done: pick('done'),
  }
}

/** A stable lookup of names while the team stays the same, so that cards don't re-render. */
export function usePersonOf(productId: string): (userId: string) => string | undefined {
  const { query, nameOf } = useTeam(productId)
  const latest = useRef(nameOf)
  useEffect(() => {
    latest.current = nameOf
  })
  const { data } = query
  return useMemo(() => {
    const names = new Map(data?.map(({ user_id: id, name }) => [id, name]))
    return (userId: string) => names.get(userId) ?? latest.current(userId)
  }, [data])
}

/** The filtered cards of each column: immediately from loaded cards, until the server has responded. */
function useShown(board: Board | undefined, search: BoardSearch) {
  const { priority, label, text } = search
  return useMemo(() => {
    const narrowed = priority !== undefined || label !== undefined || text !== undefined
    const pick = (status: TaskStatus) => {
      const items = board?.columns.find((column) => column.status === status)?.items ?? []
      return narrowed ? items.filter((card) => fits(card, { priority, label, text })) : items
    }
    return { narrowed, shown: byStatus(pick) }
  }, [board, priority, label, text])
}

interface CellsOptions {
  productId: string
  board: Board | undefined
  search: BoardSearch
  lanesBy: LaneKind | undefined
  personOf: (userId: string) => string | undefined
}

/** The position of each card: its column and, if lanes are shown, its lane. */
export function useCells({ productId, board, search, lanesBy, personOf }: CellsOptions) {
  const { nameOf } = useNames(productId)
  const { narrowed, shown } = useShown(board, search)
  const laneName = useCallback((value: string) => (lanesBy === 'assignee' ? personOf(value) : nameOf(value)), [lanesBy, personOf, nameOf])
  const lanes = useMemo(() => (lanesBy ? lanesOf(shown, lanesBy, laneName) : null), [shown, lanesBy, laneName])
  const cellOf = (lane: string | undefined, status: TaskStatus): readonly TaskCard[] =>
    lanes ? (lanes.find(({ value }) => value === lane)?.cards[status] ?? []) : shown[status]
  return { narrowed, shown, lanes, cellOf }
}

/** The cards of a column, with the card picked up by keyboard at its current position. */
export function withCarried(cards: readonly TaskCard[], status: TaskStatus, carried: Carried | null): readonly TaskCard[] {
  if (!carried) return cards
  const others = cards.filter(({ id }) => id !== carried.card.id)
  return carried.status === status ? others.toSpliced(carried.index, 0, carried.card) : others.length === cards.length ? cards : others
}

/** The same for the lane that the card is in. */
export function lanesWithCarried(lanes: readonly Lane[], carried: Carried | null): readonly Lane[] {
  if (!carried) return lanes
  return lanes.map((lane) => {
    if (lane.value !== carried.lane) return lane
    return { ...lane, cards: byStatus((status) => withCarried(lane.cards[status], status, carried)) as Lane['cards'] }
  })
}
