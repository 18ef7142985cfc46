import { call } from './client'
import type { Board, BoardColumn, BoardFilters, TaskStatus } from './types'

/** Cards of each column that come at first; the rest comes as it is scrolled to. */
const FIRST_CARDS = 200

/** The whole board in one answer: the first cards of every column, and how many there are. */
export function boardGet(productId: string, filters: BoardFilters): Promise<Board> {
  return call('get', `/api/products/${productId}/board`, { query: { ...filters, limit: FIRST_CARDS } })
}

/** The cards of a column after those at hand. */
export function boardColumn(productId: string, status: TaskStatus, filters: BoardFilters, cursor: string): Promise<BoardColumn> {
  return call('get', `/api/products/${productId}/board/${status}`, { query: { ...filters, cursor } })
}
