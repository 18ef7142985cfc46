import type { VirtualItem } from '@tanstack/react-virtual'
import { memo, type CSSProperties, type ReactNode } from 'react'
import { cx } from '@/lib/cx'
import type { Column, DataTableProps } from './types'

export function HeaderRow<T>({ columns, tracks, hidden }: { columns: readonly Column<T>[]; tracks: CSSProperties; hidden: boolean }) {
  return (
    <div role="rowgroup" className={cx('sticky top-0 z-10 border-b border-line bg-canvas', hidden && 'sr-only')}>
      <div role="row" aria-rowindex={1} className="grid h-9 items-center gap-4 pr-12 pl-6 text-xs text-ink-3" style={tracks}>
        {columns.map((column) => (
          <span key={column.id} role="columnheader" className={cx('truncate font-medium', column.align === 'end' && 'text-right')}>
            {column.head ?? column.header}
          </span>
        ))}
      </div>
    </div>
  )
}

interface CellsProps<T> {
  row: T
  /** Whether the row's detail is shown; undefined if it has none. */
  expanded: boolean | undefined
  columns: readonly Column<T>[]
  tracks: CSSProperties
}

function RowCells<T>({ row, expanded, columns, tracks }: CellsProps<T>) {
  return (
    <div role="presentation" className="grid h-full min-h-[39px] items-center gap-4 pr-12 pl-6" style={tracks}>
      {columns.map((column, index) => (
        <div
          key={column.id}
          role="gridcell"
          // Rows of a grid can't be expanded (WAI-ARIA 1.2), but cells can.
          aria-expanded={index === 0 ? expanded : undefined}
          className={cx(
            'min-w-0 overflow-clip text-ellipsis whitespace-nowrap',
            column.align === 'end' && 'tabular text-right',
            column.className,
          )}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  )
}

/** Re-renders only when the row or the columns change: scrolling renders the table itself many times a second. */
const Cells = memo(RowCells) as typeof RowCells

interface RowProps<T> extends Pick<DataTableProps<T>, 'phone' | 'onOpen'> {
  id: string
  row: T
  item: VirtualItem
  columns: readonly Column<T>[]
  tracks: CSSProperties
  isPhone: boolean
  /** It is the active row. */
  active: boolean
  /** Its detail is shown beside the table. */
  open: boolean
  /** Content below it; undefined if rows can't be expanded. */
  below: ReactNode
  measure?: (element: HTMLElement | null) => void
  activate: (index: number) => void
}

export function Row<T>({
  id,
  row,
  item: { index, start, size },
  columns,
  tracks,
  isPhone,
  active,
  open,
  below,
  measure,
  activate,
  phone,
  onOpen,
}: RowProps<T>) {
  const expanded = measure ? Boolean(below) : undefined
  return (
    <div
      id={id}
      ref={measure}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={open}
      className={cx(
        'absolute inset-x-0 border-b border-line',
        !measure && 'contain-strict',
        onOpen && 'cursor-pointer hover:bg-hover',
        open && 'bg-selected',
        active && 'shadow-[inset_2px_0_0_var(--accent)] bg-hover',
      )}
      style={{ height: measure ? undefined : size, top: start }}
      onClick={(event) => {
        activate(index)
        // A link or button inside the row handles the click itself.
        if (!(event.target as Element).closest('a, button, input, [data-detail]')) onOpen?.(row)
      }}
    >
      {isPhone ? (
        <div role="gridcell" aria-expanded={expanded} className="flex h-full min-h-[67px] flex-col justify-center px-4">
          {phone(row)}
        </div>
      ) : (
        <Cells row={row} expanded={expanded} columns={columns} tracks={tracks} />
      )}
      {below && (
        <div role="gridcell" data-detail className="cursor-auto border-t border-line bg-surface px-4 py-3 md:px-6">
          {below}
        </div>
      )}
    </div>
  )
}
