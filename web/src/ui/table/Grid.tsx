import { useId, useMemo, useRef } from 'react'
import { ColumnMenu } from './ColumnMenu'
import { HeaderRow, Row } from './Row'
import { SkeletonRows } from './SkeletonRows'
import type { Column, DataTableProps } from './types'
import { RowShortcut, useActiveRow } from './useRowKeys'
import { useVirtualRows } from './useVirtualRows'

export interface GridProps<T> extends DataTableProps<T> {
  choice: { shown: Column<T>[]; toggle: (id: string, on: boolean) => void }
  isPhone: boolean
}

/** The table itself: rows and keyboard handling. */
export function Grid<T>({
  name,
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
  ...rest
}: GridProps<T>) {
  const { hasMore = false, loadingMore = false, onLoadMore, choice, isPhone } = rest
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const tracks = useMemo(
    () => ({ gridTemplateColumns: choice.shown.map((column) => column.width ?? 'minmax(0, 1fr)').join(' ') }),
    [choice.shown],
  )
  const { virtual, visible, slots } = useVirtualRows({ count: rows.length, scroller, isPhone, hasMore, loadingMore, onLoadMore })
  const { active, setActive, onKeyDown } = useActiveRow({ rows, virtual, scroller, onOpen })

  return (
    <div className="relative h-full min-h-0">
      {actions.map((action) => (
        <RowShortcut key={action.keys} action={action} row={rows[active]} />
      ))}
      {!isPhone && <ColumnMenu columns={columns} {...choice} />}
      <div
        ref={scroller}
        data-scroll-restoration-id={`table-${name}`}
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
