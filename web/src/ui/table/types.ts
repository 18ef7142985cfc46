import type { ReactNode } from 'react'

export interface Column<T> {
  id: string
  header: string
  /** Shown in the header instead of the label. */
  head?: ReactNode
  cell: (row: T) => ReactNode
  /** Classes of the cells. An extra element around each cell's text would slow down scrolling. */
  className?: string
  /** A CSS grid track; `minmax(0, 1fr)` by default. */
  width?: string
  /** Right-aligns numbers. */
  align?: 'end'
  /** Can't be hidden. */
  fixed?: boolean
  /** Hidden by default. */
  optional?: boolean
}

/** Keyboard action for the active row. */
export interface RowAction<T> {
  keys: string
  label: string
  run: (row: T) => void
}

export interface DataTableProps<T> {
  /** Names the table for screen readers, and stores the column selection under this name. */
  name: string
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowId: (row: T) => string
  /** Renders a row at phone width, where columns don't fit. */
  phone: (row: T) => ReactNode
  onOpen?: (row: T) => void
  actions?: readonly RowAction<T>[]
  /** The row whose detail is shown. */
  openId?: string
  /** Content below an expanded row; null if collapsed. Rows then have dynamic heights. */
  detail?: (row: T) => ReactNode
  /**
   * Rows contain nothing clickable, editable or expandable, and cells hold no state: row elements are recycled, which keeps fast scrolling
   * through thousands of rows free of long tasks.
   */
  plain?: boolean
  /** The first page is still loading. */
  loading: boolean
  error?: unknown
  onRetry?: () => void
  hasMore?: boolean
  loadingMore?: boolean
  onLoadMore?: () => void
  /** Shown instead of the table if there are no rows. */
  empty: ReactNode
}
