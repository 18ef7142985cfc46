import type { Board, BoardColumn, Task, TaskCard, TaskStatus } from '@/api/types'

// Updates the loaded board without refetching it. Cards keep their identity, so only those that moved re-render.

export const STATUSES: readonly TaskStatus[] = ['open', 'in_progress', 'blocked', 'in_review', 'done']

/** A position between two cards of a column; null is an end. */
export interface Place {
  status: TaskStatus
  /** The card above. */
  afterId: string | null
  /** The card below. */
  beforeId: string | null
}

export function cardOf({ checklist, ...task }: Task): TaskCard {
  return { ...task, checklist_done: checklist.filter(({ done }) => done).length, checklist_total: checklist.length }
}

export function findCard(board: Board, id: string): TaskCard | undefined {
  for (const { items } of board.columns) {
    const found = items.find((card) => card.id === id)
    if (found) return found
  }
  return undefined
}

/** Ranks compare byte by byte; ties are broken by id, as in the table's index. */
function isAfter(a: TaskCard, b: TaskCard): boolean {
  return a.rank === b.rank ? a.id > b.id : a.rank > b.rank
}

const changed = (board: Board, change: (column: BoardColumn) => BoardColumn): Board => ({ ...board, columns: board.columns.map(change) })

/** Removes a card from the board, because it was deleted or no longer matches the filters. */
export function withoutCard(board: Board, id: string): Board {
  return changed(board, (column) => {
    const items = column.items.filter((card) => card.id !== id)
    return items.length === column.items.length ? column : { ...column, items, count: Math.max(0, column.count - 1) }
  })
}

/**
 * Places a card according to its status and rank. One that belongs below the loaded cards is only counted. A card that wasn't loaded may
 * already be counted, in its own column or another: `counted` tells.
 */
export function withCard(board: Board, card: TaskCard, counted = false): Board {
  const known = findCard(board, card.id)
  if (known && known.version > card.version) return board
  // Its previous index if it stays, so that the others keep their places and nothing jumps.
  if (known && known.status === card.status && known.rank === card.rank) {
    return changed(board, (column) =>
      column.status === card.status ? { ...column, items: column.items.map((one) => (one.id === card.id ? card : one)) } : column,
    )
  }
  return changed(withoutCard(board, card.id), (column) => {
    if (column.status !== card.status) return column
    const index = column.items.findIndex((one) => isAfter(one, card))
    const count = column.count + (counted ? 0 : 1)
    if (index < 0 && column.next_cursor) return { ...column, count }
    const at = index < 0 ? column.items.length : index
    return { ...column, items: column.items.toSpliced(at, 0, card), count }
  })
}

/** Shows a card at a position the server hasn't confirmed yet: it gets its neighbour's rank, so that incoming cards sort around it. */
export function withMove(board: Board, card: TaskCard, place: Place): Board {
  return changed(withoutCard(board, card.id), (column) => {
    if (column.status !== place.status) return column
    const index = indexOf(column.items, place)
    const rank = column.items[index - 1]?.rank ?? column.items[index]?.rank ?? card.rank
    return { ...column, items: column.items.toSpliced(index, 0, { ...card, status: place.status, rank }), count: column.count + 1 }
  })
}

/** Current position of a card, to put it back there. */
export function placeOf(board: Board, card: TaskCard): Place {
  const items = board.columns.find(({ status }) => status === card.status)?.items ?? []
  const index = items.findIndex(({ id }) => id === card.id)
  return { status: card.status, afterId: items[index - 1]?.id ?? null, beforeId: index < 0 ? null : (items[index + 1]?.id ?? null) }
}

/** Index of a position within a column, without the moved card. A missing neighbour is ignored as long as the other one is there. */
export function indexOf(items: readonly TaskCard[], { afterId, beforeId }: Place): number {
  const below = beforeId === null ? -1 : items.findIndex(({ id }) => id === beforeId)
  if (below >= 0) return below
  const above = afterId === null ? -1 : items.findIndex(({ id }) => id === afterId)
  if (above >= 0) return above + 1
  return afterId === null && beforeId !== null ? 0 : items.length
}

/** The position at an index among a column's visible cards, without the moved one. */
export function placeAt(status: TaskStatus, shown: readonly TaskCard[], movedId: string, index: number): Place {
  const others = shown.filter(({ id }) => id !== movedId)
  const at = Math.max(0, Math.min(index, others.length))
  return { status, afterId: others[at - 1]?.id ?? null, beforeId: others[at]?.id ?? null }
}

/** The position above or below a visible card. */
export function placeBeside(
  status: TaskStatus,
  shown: readonly TaskCard[],
  movedId: string,
  besideId: string,
  edge: 'top' | 'bottom',
): Place {
  const others = shown.filter(({ id }) => id !== movedId)
  const index = others.findIndex(({ id }) => id === besideId)
  if (index < 0)
    return placeAt(
      status,
      shown,
      movedId,
      shown.findIndex(({ id }) => id === movedId),
    )
  return placeAt(status, shown, movedId, edge === 'top' ? index : index + 1)
}

/** Whether a card is already at a position. */
export function isAt(shown: readonly TaskCard[], card: TaskCard, { status, afterId, beforeId }: Place): boolean {
  const index = shown.findIndex(({ id }) => id === card.id)
  return card.status === status && index >= 0 && (shown[index - 1]?.id ?? null) === afterId && (shown[index + 1]?.id ?? null) === beforeId
}

/** Whether a card is between the neighbours it was placed between, as far as they are still in the column. */
export function isBetween(board: Board, id: string, { status, afterId, beforeId }: Place): boolean {
  const items = board.columns.find((column) => column.status === status)?.items ?? []
  const at = (wanted: string | null) => (wanted === null ? -1 : items.findIndex((card) => card.id === wanted))
  const [index, above, below] = [at(id), at(afterId), at(beforeId)]
  return index < 0 || ((above < 0 || above < index) && (below < 0 || index < below))
}

/** Appends the next page of a column; a card that has already arrived by itself isn't duplicated. */
export function withPage(board: Board, page: Pick<BoardColumn, 'status' | 'items' | 'next_cursor'>): Board {
  const present = new Set(board.columns.flatMap(({ items }) => items.map(({ id }) => id)))
  const fresh = page.items.filter(({ id }) => !present.has(id))
  return changed(board, (column) =>
    column.status === page.status ? { ...column, items: [...column.items, ...fresh], next_cursor: page.next_cursor } : column,
  )
}
