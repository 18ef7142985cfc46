import { useCallback, useEffect, useMemo, useRef } from 'react'
import type { Board, TaskCard, TaskStatus } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { toast } from '@/ui/Toast'
import type { LaneKind } from '../routes'
import type { BoardActions } from './BoardContext'
import { useDropped } from './drag'
import { lanePatch, type Lane } from './group'
import { isAt, placeAt, placeBeside, type Place } from './place'
import { useKeyboard } from './useKeyboard'
import type { useMoves } from './useMoves'

type CellOf = (lane: string | undefined, status: TaskStatus) => readonly TaskCard[]

interface CarryingOptions extends Pick<BoardActions, 'productId' | 'nameOf' | 'mayMove'> {
  board: Board | undefined
  cellOf: CellOf
  lanes: readonly Lane[] | null
  lanesBy: LaneKind | undefined
  /** Whether the user can change more than the status of a task. */
  mayWrite: boolean
  move: ReturnType<typeof useMoves>['move']
  onOpen: (card: TaskCard) => void
}

/** Moves cards by mouse, touch, keyboard and menu, and provides what cards need from their board for that. */
export function useCarrying({ productId, nameOf, mayMove, board, cellOf, lanes, lanesBy, mayWrite, move, onOpen }: CarryingOptions) {
  const send = (card: TaskCard, place: Place, cell: readonly TaskCard[], lane: string | undefined) => {
    const patch = lanesBy && lane !== undefined ? lanePatch(card, lanesBy, lane) : null
    if (patch && !mayWrite)
      return toast.info(`${card.reference} stays in its lane`, { detail: 'Only the product’s managers can change more than the status.' })
    if (patch || !isAt(cell, card, place)) move(card, place, patch)
  }
  useDropped(({ cardId, lane, status, beside }) => {
    const card = board?.columns.flatMap(({ items }) => items).find(({ id }) => id === cardId)
    const cell = cellOf(lane, status)
    if (!card || beside?.cardId === cardId) return
    const place = beside ? placeBeside(status, cell, cardId, beside.cardId, beside.edge) : placeAt(status, cell, cardId, cell.length)
    send(card, place, cell, lane)
  })

  const scrolls = useRef(new Map<TaskStatus, (index: number) => void>())
  const register = useCallback((status: TaskStatus, scrollTo: ((index: number) => void) | null) => {
    if (scrollTo) scrolls.current.set(status, scrollTo)
    else scrolls.current.delete(status)
  }, [])
  const { carried, activeId, announcement, announce, onKey, focused, left } = useKeyboard({
    cellOf,
    lanes: lanes ? lanes.map(({ value }) => value) : [undefined],
    mayMove,
    reveal: (status, index) => scrolls.current.get(status)?.(index),
    onDrop: ({ card, lane, status, index }) => {
      const cell = cellOf(lane, status)
      send(card, placeAt(status, cell, card.id, index), cell, lane)
    },
  })

  const latest = useRef({ onOpen, cellOf, send })
  useEffect(() => {
    latest.current = { onOpen, cellOf, send }
  })
  const actions = useMemo<BoardActions>(
    () => ({
      productId,
      nameOf,
      mayMove,
      open: (card) => latest.current.onOpen(card),
      moveTo: (card, status, end) => {
        // The menu disappears with the card's old position; the focus stays on the card.
        focused(card)
        const column = latest.current.cellOf(undefined, status)
        latest.current.send(card, placeAt(status, column, card.id, end === 'top' ? 0 : column.length), column, undefined)
        announce(`${card.reference} moved to ${TASK_STATUSES[status]}.`)
      },
      onKey,
      focused,
      left,
    }),
    [productId, nameOf, mayMove, announce, onKey, focused, left],
  )
  return { actions, carried, activeId, announcement, register }
}
