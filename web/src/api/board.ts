import { api, unwrap } from './client'
import type { Board, BoardColumn, Filters, TaskStatus } from './types'

export type BoardFilters = Filters<'board_get'>

/** Cards of each column that come at first; the rest comes as it is scrolled to. The API allows 1 to 1,000. */
const FIRST_CARDS = 200

/** The whole board in one answer: the first cards of every column, and how many there are. */
export function boardGet(productId: string, filters: BoardFilters): Promise<Board> {
  const params = { path: { product_id: productId }, query: { ...filters, limit: FIRST_CARDS } }
  return unwrap(api.GET('/api/products/{product_id}/board', { params }))
}

/** The board's columns with their uppermost cards. */
export function boardTop(productId: string, cards: number): Promise<Board> {
  return unwrap(api.GET('/api/products/{product_id}/board', { params: { path: { product_id: productId }, query: { limit: cards } } }))
}

/** The cards of a column after those at hand. */
export function boardColumn(productId: string, status: TaskStatus, filters: BoardFilters, cursor: string): Promise<BoardColumn> {
  const params = { path: { product_id: productId, status }, query: { ...filters, limit: FIRST_CARDS, cursor } }
  return unwrap(api.GET('/api/products/{product_id}/board/{status}', { params }))
}
