import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type ReactNode } from 'react'
import type { BoardColumn, TaskCard, TaskStatus } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { cx } from '@/lib/cx'
import { Card } from './Card'
import { useDropColumn } from './drag'

const CARD_HEIGHT = 92
const LOAD_AHEAD = 20

const withIndex = (shown: number[], index: number) => (index < 0 || shown.includes(index) ? shown : [...shown, index].sort((a, b) => a - b))

export interface ColumnProps {
  column: BoardColumn
  /** Its cards that match the filters. */
  cards: readonly TaskCard[]
  head: ReactNode
  activeId: string | undefined
  carriedId: string | undefined
  openId: string | undefined
  loading: boolean
  onLoadMore: (column: BoardColumn) => void
  /** Registers a function that scrolls a card into view. */
  register: (status: TaskStatus, scrollTo: ((index: number) => void) | null) => void
  empty: string
  className?: string
}

/** One column; only visible cards are in the DOM. */
export function Column({ column, cards, head, activeId, carriedId, openId, loading, onLoadMore, register, empty, className }: ColumnProps) {
  const { status, next_cursor: cursor } = column
  const box = useRef<HTMLElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const over = useDropColumn(box, status, undefined, scroller)
  // The focused card stays in the DOM, and is rendered before the column has scrolled to it.
  const kept = cards.findIndex(({ id }) => id === (carriedId ?? activeId))
  const virtual = useVirtualizer({
    count: cards.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD_HEIGHT,
    getItemKey: (index) => cards[index]?.id ?? index,
    overscan: 5,
    rangeExtractor: (range) => withIndex(defaultRangeExtractor(range), kept),
  })
  useEffect(() => {
    register(status, (index) => virtual.scrollToIndex(index))
    return () => register(status, null)
  }, [register, status, virtual])
  const visible = virtual.getVirtualItems()
  const last = visible.at(-1)?.index ?? 0
  useEffect(() => {
    if (cursor && !loading && last >= cards.length - LOAD_AHEAD) onLoadMore(column)
  }, [cursor, loading, last, cards.length, column, onLoadMore])
  const first = cards.some(({ id }) => id === activeId) ? activeId : cards[visible[0]?.index ?? 0]?.id
  return (
    <section
      ref={box}
      aria-label={TASK_STATUSES[status]}
      className={cx(
        'flex min-h-0 min-w-0 flex-col rounded-lg transition-colors',
        over ? 'bg-selected' : 'bg-canvas dark:bg-sunken',
        className,
      )}
    >
      {head}
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto pt-0.5" aria-busy={loading || undefined}>
        <ol className="relative" style={{ height: virtual.getTotalSize() }} aria-label={`${TASK_STATUSES[status]}, ${cards.length} tasks`}>
          {visible.map(({ index, start, key }) => {
            const card = cards[index]
            if (!card) return null
            return (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                aria-setsize={cards.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <Card card={card} tabbable={card.id === first} carried={card.id === carriedId} opened={card.id === openId} />
              </li>
            )
          })}
        </ol>
        {cards.length === 0 && !loading && <p className="px-3 py-6 text-center text-xs text-ink-3">{empty}</p>}
        {loading && (
          <p className="px-3 py-2 text-center text-xs text-ink-3" role="status">
            Loading more…
          </p>
        )}
      </div>
    </section>
  )
}
