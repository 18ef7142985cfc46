import type { ReactNode } from 'react'

export interface Column<T> {
  id: string
  header: string
  /** Stands in the header in place of its word. */
  head?: ReactNode
  cell: (row: T) => ReactNode
  /** How its cells look. An element of its own around each cell's words would make scrolling slower. */
  className?: string
  /** A CSS grid track; `minmax(0, 1fr)` by default. */
  width?: string
  /** Numbers go to the end so that they align. */
  align?: 'end'
  /** Cannot be hidden. */
  fixed?: boolean
  /** Hidden until chosen. */
  optional?: boolean
}

/** What a key does to the row that the keyboard is at. */
export interface RowAction<T> {
  keys: string
  label: string
  run: (row: T) => void
}

export interface DataTableProps<T> {
  /** Names the table for screen readers and keeps the column choice under this name. */
  name: string
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowId: (row: T) => string
  /** One row at phone width, where columns do not fit. */
  phone: (row: T) => ReactNode
  onOpen?: (row: T) => void
  actions?: readonly RowAction<T>[]
  /** The row whose detail is shown. */
  openId?: string
  /** What stands below a row while it is unfolded; null while it is not. Rows then have the height that they need. */
  detail?: (row: T) => ReactNode
  /**
   * Nothing in a row can be pressed, typed into or folded, and no cell keeps a state: then the elements of rows that scrolled away
   * are used again, which is what keeps a quick scroll through thousands of rows free of long tasks.
   */
  plain?: boolean
  /** The first page is not there yet. */
  loading: boolean
  error?: unknown
  onRetry?: () => void
  hasMore?: boolean
  loadingMore?: boolean
  onLoadMore?: () => void
  /** Shown instead of the table when there are no rows. */
  empty: ReactNode
}
