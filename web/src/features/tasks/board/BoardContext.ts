import { createContext, use, type KeyboardEvent } from 'react'
import type { TaskCard, TaskStatus } from '@/api/types'

/** What a card needs from its board. The object stays the same while the board is shown, so cards re-render only when they change. */
export interface BoardActions {
  productId: string
  nameOf: (userId: string) => string | undefined
  mayMove: (card: TaskCard) => boolean
  open: (card: TaskCard) => void
  /** Moves a card to the top or bottom of a column. */
  moveTo: (card: TaskCard, status: TaskStatus, end: 'top' | 'bottom') => void
  onKey: (event: KeyboardEvent, card: TaskCard, lane: string | undefined) => void
  focused: (card: TaskCard) => void
  left: () => void
}

const BoardContext = createContext<BoardActions | null>(null)
export const BoardProvider = BoardContext.Provider

export function useBoardActions(): BoardActions {
  const actions = use(BoardContext)
  if (!actions) throw new Error('useBoardActions is for parts of the board')
  return actions
}

/** Id of the keyboard instructions, read out with each card. */
export const HELP_ID = 'board-help'
