import { memo, type ReactNode } from 'react'
import type { Board, BoardColumn, TaskStatus } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { cx } from '@/lib/cx'
import { usePhone } from '@/lib/usePhone'
import { ColumnHead } from '@/shell/products/ColumnHead'
import type { BoardSearch } from '../routes'
import { Column, type ColumnProps } from './Column'
import type { Lane } from './group'
import { Lanes } from './Lanes'
import { lanesWithCarried, withCarried, type ByStatus } from './useCells'
import type { Carried } from './useKeyboard'

/** One column at a time, where five don't fit. */
function Segments({ board, value, onChange }: { board: Board; value: TaskStatus; onChange: (status: TaskStatus) => void }) {
  return (
    <div role="tablist" aria-label="Columns" className="mx-2 mb-2 flex shrink-0 rounded-md bg-sunken p-0.5">
      {board.columns.map(({ status, count }) => (
        <button
          key={status}
          type="button"
          role="tab"
          aria-selected={status === value}
          className={cx(
            'flex h-11 flex-auto flex-col items-center justify-center rounded-sm px-1.5 text-xs font-medium whitespace-nowrap',
            status === value ? 'bg-surface text-ink shadow-[0_1px_2px_#0000001a] dark:bg-raised' : 'text-ink-3',
          )}
          onClick={() => onChange(status)}
        >
          {TASK_STATUSES[status]}
          <span className="tabular font-normal text-ink-3">{count}</span>
        </button>
      ))}
    </div>
  )
}

interface BoardColumnsProps extends Pick<ColumnProps, 'onLoadMore' | 'register'> {
  board: Board
  search: BoardSearch
  shown: ByStatus
  /** The board split into lanes; null for whole columns. */
  lanes: readonly Lane[] | null
  /** Whether filters hide some of the product's tasks. */
  narrowed: boolean
  activeId: string | undefined
  carried: Carried | null
  /** Columns that are loading more cards. */
  loading: readonly TaskStatus[]
  /** Missing if the user can't create tasks. */
  onCreate: ((status: TaskStatus) => void) | undefined
  onColumn: (column: TaskStatus) => void
}

function Columns({ board, search, shown, lanes, narrowed, activeId, carried, loading, onCreate, onColumn, ...rest }: BoardColumnsProps) {
  const phone = usePhone()
  const marks = { activeId, carriedId: carried?.card.id, openId: search.task }
  const head = ({ status, count }: BoardColumn): ReactNode => (
    <ColumnHead
      status={status}
      count={count}
      shown={narrowed ? shown[status].length : undefined}
      limit={status === 'done' ? undefined : board.wip_limits[status]}
      onCreate={onCreate && (() => onCreate(status))}
    />
  )
  const columnOf = (column: BoardColumn, className?: string) => (
    <Column
      key={column.status}
      column={column}
      cards={withCarried(shown[column.status], column.status, carried)}
      head={head(column)}
      {...marks}
      {...rest}
      loading={loading.includes(column.status)}
      empty={narrowed ? 'No matching tasks' : 'No tasks'}
      className={className}
    />
  )
  const find = (status: TaskStatus) => board.columns.find((column) => column.status === status)
  if (phone) {
    const chosen = search.column ?? 'open'
    const column = find(chosen)
    return (
      <>
        <Segments board={board} value={chosen} onChange={onColumn} />
        {column && columnOf(column, 'mx-2 mb-2 flex-1')}
      </>
    )
  }
  if (lanes && search.lanes) {
    const headOf = (status: TaskStatus) => {
      const column = find(status)
      return column && head(column)
    }
    return <Lanes lanes={lanesWithCarried(lanes, carried)} kind={search.lanes} head={headOf} {...marks} />
  }
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[repeat(5,minmax(220px,1fr))] gap-2 overflow-x-auto px-4 pb-4 md:px-6">
      {board.columns.map((column) => columnOf(column))}
    </div>
  )
}

/** The columns of the board, one at a time on phones. Re-renders only when something on the board changes. */
export const BoardColumns = memo(Columns)
