import { ChevronDown, ChevronRight } from 'lucide-react'
import { memo, useRef, useState, type ReactNode } from 'react'
import { TASK_STATUSES } from '@/api/words'
import { cx } from '@/lib/cx'
import { Avatar } from '@/ui/Avatar'
import { PriorityMark } from '@/ui/TaskMarks'
import type { Priority, TaskCard, TaskStatus } from '@/api/types'
import { Card } from './Card'
import { useDragScroll, useDropColumn } from './drag'
import type { LaneKind } from '../routes'
import type { Lane } from './group'
import { STATUSES } from './place'

/** Cards of one cell in the DOM at first; a lane is an overview, not a place to scroll through hundreds. */
const FIRST = 12
const MORE = 50
const TRACKS = 'grid grid-cols-[repeat(5,minmax(220px,1fr))] gap-2'

interface Marks {
  activeId: string | undefined
  carriedId: string | undefined
  openId: string | undefined
}

function LaneCell({
  cards,
  status,
  lane,
  activeId,
  carriedId,
  openId,
}: { cards: readonly TaskCard[]; status: TaskStatus; lane: string } & Marks) {
  const box = useRef<HTMLDivElement>(null)
  const over = useDropColumn(box, status, lane)
  const [most, setMost] = useState(FIRST)
  const shown = cards.slice(0, Math.max(most, cards.findIndex(({ id }) => id === (carriedId ?? activeId)) + 1))
  const first = shown.some(({ id }) => id === activeId) ? activeId : shown[0]?.id
  return (
    <div ref={box} className={cx('min-h-14 rounded-lg pt-2 pb-0.5 transition-colors', over ? 'bg-selected' : 'bg-canvas dark:bg-sunken')}>
      <ol aria-label={`${TASK_STATUSES[status]}, ${cards.length} tasks`}>
        {shown.map((card) => (
          <li key={card.id}>
            <Card card={card} lane={lane} tabbable={card.id === first} carried={card.id === carriedId} opened={card.id === openId} />
          </li>
        ))}
      </ol>
      {cards.length > shown.length && (
        <button
          type="button"
          className="mx-2 mb-1.5 h-7 rounded-md px-2 text-xs text-ink-2 hover:bg-hover max-md:h-11"
          onClick={() => setMost((now) => now + MORE)}
        >
          {cards.length - shown.length} more
        </button>
      )}
    </div>
  )
}

const Cell = memo(LaneCell)

function LaneRow({ lane, kind, ...marks }: { lane: Lane; kind: LaneKind } & Marks) {
  const [open, setOpen] = useState(true)
  const Arrow = open ? ChevronDown : ChevronRight
  const holds = (cards: readonly TaskCard[], id: string | undefined) =>
    id !== undefined && cards.some((card) => card.id === id) ? id : undefined
  return (
    <section aria-label={lane.label} className="[contain-intrinsic-size:auto_400px] [content-visibility:auto]">
      <h2 className="sticky left-0 w-fit">
        <button
          type="button"
          aria-expanded={open}
          className="flex h-9 items-center gap-2 rounded-md pr-2 font-medium hover:bg-hover max-md:h-11"
          onClick={() => setOpen(!open)}
        >
          <Arrow className="size-4 text-ink-3" aria-hidden />
          {kind === 'assignee' && lane.value !== 'none' && <Avatar name={lane.label} size="small" />}
          {kind === 'priority' ? <PriorityMark priority={lane.value as Priority} word /> : lane.label}
          <span className="tabular text-xs font-normal text-ink-3">{lane.count}</span>
        </button>
      </h2>
      {open && (
        <div className={TRACKS}>
          {STATUSES.map((status) => (
            <Cell
              key={status}
              cards={lane.cards[status]}
              status={status}
              lane={lane.value}
              activeId={holds(lane.cards[status], marks.activeId)}
              carriedId={holds(lane.cards[status], marks.carriedId)}
              openId={holds(lane.cards[status], marks.openId)}
            />
          ))}
        </div>
      )}
    </section>
  )
}

/** The board cut across its columns by a common property of tasks. */
export function Lanes({
  lanes,
  kind,
  head,
  children,
  ...marks
}: { lanes: readonly Lane[]; kind: LaneKind; head: (status: TaskStatus) => ReactNode; children?: ReactNode } & Marks) {
  const scroller = useRef<HTMLDivElement>(null)
  useDragScroll(scroller)
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto px-4 pb-4 md:px-6">
      <div className={cx(TRACKS, 'sticky top-0 z-20 min-w-fit bg-surface')}>
        {STATUSES.map((status) => (
          <div key={status}>{head(status)}</div>
        ))}
      </div>
      <div className="min-w-fit">
        {lanes.map((lane) => (
          <LaneRow key={lane.value} lane={lane} kind={kind} {...marks} />
        ))}
      </div>
      {children}
    </div>
  )
}
