import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { Columns3 } from 'lucide-react'
import { memo, useEffect, useId, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react'
import { cx } from '@/lib/cx'
import { useShortcut } from '@/lib/shortcuts'
import { createStoredStore, useStore } from '@/lib/store'
import { usePhone } from '@/lib/usePhone'
import { IconButton } from './Button'
import { Menu, MenuCheck, MenuLabel } from './Menu'
import { ErrorState, Loading, Skeleton } from './states'

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

const ROW_HEIGHT = 40
const PHONE_ROW_HEIGHT = 68
/** Rows rendered above and below the visible ones. Each adds to the cost of every frame in which all of them change. */
const OVERSCAN = 2
const LOAD_AHEAD = 15
const SKELETONS = 12

const isNames = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string')
const choices = new Map<string, ReturnType<typeof createStoredStore<string[]>>>()

function useColumnChoice<T>(name: string, columns: readonly Column<T>[]) {
  let store = choices.get(name)
  if (!store) {
    const hidden = columns.filter((column) => column.optional).map((column) => column.id)
    store = createStoredStore(`columns.${name}`, hidden, isNames)
    choices.set(name, store)
  }
  const hidden = useStore(store)
  const shown = useMemo(() => columns.filter((column) => column.fixed || !hidden.includes(column.id)), [columns, hidden])
  const toggle = (id: string, on: boolean) => store.set((now) => (on ? now.filter((one) => one !== id) : [...now, id]))
  return { shown, toggle }
}

function ColumnMenu<T>({
  columns,
  shown,
  toggle,
}: {
  columns: readonly Column<T>[]
  shown: readonly Column<T>[]
  toggle: (id: string, on: boolean) => void
}) {
  return (
    <div className="absolute top-0.5 right-4 z-20 bg-canvas">
      <Menu trigger={<IconButton icon={Columns3} label="Choose columns" />}>
        <MenuLabel>Columns</MenuLabel>
        {columns.map((column) => (
          <MenuCheck key={column.id} checked={shown.includes(column)} disabled={column.fixed} onChange={(on) => toggle(column.id, on)}>
            {column.header}
          </MenuCheck>
        ))}
      </Menu>
    </div>
  )
}

function SkeletonRows({ columns, phone, count = SKELETONS }: { columns: readonly { id: string }[]; phone: boolean; count?: number }) {
  return (
    <Loading label="Loading the list">
      {Array.from({ length: count }, (_, row) => (
        <div key={row} className={cx('flex items-center gap-6 border-b border-line px-4 md:px-6', phone ? 'h-17' : 'h-10')}>
          {(phone ? columns.slice(0, 1) : columns).map((column, index) => (
            <span key={column.id} className="flex-1">
              <Skeleton className={cx('h-3', index === 0 ? 'w-2/3' : 'w-1/2')} />
            </span>
          ))}
        </div>
      ))}
    </Loading>
  )
}

/** The standard list: sticky header, only visible rows in the DOM, j/k or arrows to move, Enter to open. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { rows, columns, error, loading, name } = props
  const phone = usePhone()
  const choice = useColumnChoice(name, columns)
  if (error && rows.length === 0) return <ErrorState error={error} onRetry={props.onRetry} />
  if (loading) return <SkeletonRows columns={choice.shown} phone={phone} />
  if (rows.length === 0) return props.empty
  return <Grid {...props} choice={choice} isPhone={phone} />
}

interface CellsProps<T> {
  row: T
  columns: readonly Column<T>[]
  tracks: CSSProperties
}

function RowCells<T>({ row, columns, tracks }: CellsProps<T>) {
  return (
    <div role="presentation" className="grid h-full min-h-[39px] items-center gap-4 pr-12 pl-6" style={tracks}>
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
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

function RowShortcut<T>({ action: { keys, label, run }, row }: { action: RowAction<T>; row: T | undefined }) {
  useShortcut(keys, label, () => row !== undefined && run(row), 'List')
  return null
}

interface GridProps<T> extends DataTableProps<T> {
  choice: { shown: Column<T>[]; toggle: (id: string, on: boolean) => void }
  isPhone: boolean
}

function HeaderRow<T>({ columns, tracks, hidden }: { columns: readonly Column<T>[]; tracks: CSSProperties; hidden: boolean }) {
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

function Row<T>({
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
  return (
    <div
      id={id}
      ref={measure}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={open}
      aria-expanded={measure ? below !== null : undefined}
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
        <div role="gridcell" className="flex h-full min-h-[67px] flex-col justify-center px-4">
          {phone(row)}
        </div>
      ) : (
        <Cells row={row} columns={columns} tracks={tracks} />
      )}
      {below && (
        <div role="gridcell" data-detail className="cursor-auto border-t border-line bg-surface px-4 py-3 md:px-6">
          {below}
        </div>
      )}
    </div>
  )
}

interface Steps {
  active: number
  last: number
  /** Visible rows. */
  page: () => number
  move: (to: number) => void
  open: () => void
}

/** Arrows, page keys, Home, End and Enter on the table itself; j, k and o anywhere on the page. */
function useRowKeys({ active, last, page, move, open }: Steps, openable: boolean) {
  useShortcut('j', 'Next row', () => move(active + 1), 'List')
  useShortcut('k', 'Previous row', () => move(active - 1), 'List')
  useShortcut('o', 'Open row', open, 'List', openable)
  return (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      PageDown: () => move(active + page()),
      PageUp: () => move(active - page()),
      Home: () => move(0),
      End: () => move(last),
      Enter: open,
    }
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    step()
  }
}

function Grid<T>({
  label,
  columns,
  rows,
  rowId,
  phone,
  onOpen,
  actions = [],
  openId,
  detail,
  plain = false,
  hasMore = false,
  loadingMore = false,
  onLoadMore,
  choice,
  isPhone,
}: GridProps<T>) {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(-1)
  const tracks = useMemo(
    () => ({ gridTemplateColumns: choice.shown.map((column) => column.width ?? 'minmax(0, 1fr)').join(' ') }),
    [choice.shown],
  )
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHT),
    overscan: OVERSCAN,
    scrollPaddingStart: isPhone ? 0 : 36,
  })
  const visible = virtual.getVirtualItems()
  const last = visible.at(-1)?.index ?? 0
  // As many as are ever rendered at once, so that no two rows share one.
  const slots = Math.ceil((virtual.scrollRect?.height ?? 0) / ROW_HEIGHT) + 2 * OVERSCAN + 2
  useEffect(() => {
    if (hasMore && !loadingMore && last >= rows.length - LOAD_AHEAD) onLoadMore?.()
  }, [hasMore, loadingMore, last, rows.length, onLoadMore])
  // Row heights differ between the two widths.
  useEffect(() => virtual.measure(), [virtual, isPhone])

  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to))
    setActive(next)
    virtual.scrollToIndex(next)
  }
  const open = () => {
    const row = rows[active]
    if (row !== undefined) onOpen?.(row)
  }
  const page = () => Math.floor((scroller.current?.clientHeight ?? 400) / ROW_HEIGHT) - 1
  const onKeyDown = useRowKeys({ active, last: rows.length - 1, page, move, open }, onOpen !== undefined)

  return (
    <div className="relative h-full min-h-0">
      {actions.map((action) => (
        <RowShortcut key={action.keys} action={action} row={rows[active]} />
      ))}
      {!isPhone && <ColumnMenu columns={columns} {...choice} />}
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        aria-busy={loadingMore || undefined}
        aria-activedescendant={active >= 0 && active < rows.length ? `${id}-${active}` : undefined}
        tabIndex={0}
        className="h-full overflow-auto focus-visible:-outline-offset-2"
        onKeyDown={onKeyDown}
        onFocus={(event) =>
          event.target === event.currentTarget && active < 0 && event.currentTarget.matches(':focus-visible') && setActive(0)
        }
      >
        {/* As wide as its columns need: rows are contained, so anything that overflows a row would be clipped. */}
        <div className="min-w-fit">
          <HeaderRow columns={choice.shown} tracks={tracks} hidden={isPhone} />
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {visible.map((item) => {
              const row = rows[item.index]
              if (row === undefined) return null
              const key = rowId(row)
              return (
                <Row
                  key={plain ? item.index % slots : key}
                  id={`${id}-${item.index}`}
                  row={row}
                  item={item}
                  columns={choice.shown}
                  tracks={tracks}
                  isPhone={isPhone}
                  active={item.index === active}
                  open={key === openId}
                  below={detail?.(row)}
                  measure={detail && virtual.measureElement}
                  activate={setActive}
                  phone={phone}
                  onOpen={onOpen}
                />
              )
            })}
          </div>
        </div>
        {loadingMore && <SkeletonRows columns={choice.shown.slice(0, 3)} phone={isPhone} count={2} />}
      </div>
    </div>
  )
}
