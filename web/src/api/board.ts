import { api, unwrap } from './client'
import type { Board, BoardColumn, Filters, TaskStatus } from './types'

export type BoardFilters = Filters<'board_get'>

/** Cards loaded per column at first; the rest loads on scroll. The API allows 1 to 1,000. */
const FIRST_CARDS = 200

/** The whole board in one response: the first cards of every column, and the number of cards in each. */
export function boardGet(productId: string, filters: BoardFilters): Promise<Board> {
  const params = { path: { product_id: productId }, query: { ...filters, limit: FIRST_CARDS } }
  return unwrap(api.GET('/api/products/{product_id}/board', { params }))
}

/** The board's columns with their top cards. */
export function boardTop(productId: string, cards: number): Promise<Board> {
  return unwrap(api.GET('/api/products/{product_id}/board', { params: { path: { product_id: productId }, query: { limit: cards } } }))
}

/** The cards of a column after those already loaded. */
export function boardColumn(productId: string, status: TaskStatus, filters: BoardFilters, cursor: string): Promise<BoardColumn> {
  const params = { path: { product_id: productId, status }, query: { ...filters, limit: FIRST_CARDS, cursor } }
  return unwrap(api.GET('/api/products/{product_id}/board/{status}', { params }))
}
