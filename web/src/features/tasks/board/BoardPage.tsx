import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { Plus, Rows3, SquareKanban } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import type { Board, BoardColumn, TaskCard, TaskStatus } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { cx } from '@/lib/cx'
import { useShortcut } from '@/lib/shortcuts'
import { usePhone } from '@/lib/usePhone'
import { ColumnHead } from '@/shell/products/ColumnHead'
import { useTeam } from '@/shell/products/useProduct'
import { Button } from '@/ui/Button'
import { FilterChips } from '@/ui/FilterChips'
import { Menu, MenuChoice } from '@/ui/Menu'
import { EmptyState, ErrorState, Loading, Skeleton } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { FindBox } from '../FindBox'
import { useTaskFilters } from '../filters'
import { TaskCreate, givenBy } from '../TaskCreate'
import { TaskPanel } from '../panel/TaskPanel'
import { LANES, boardFiltersOf, type BoardSearch, type LaneKind } from '../routes'
import { useNames } from '../useNames'
import { useTaskAccess } from '../useTaskAccess'
import { BoardProvider, HELP_ID, type BoardActions } from './BoardContext'
import { Column } from './Column'
import { useDropped, type Dropped } from './drag'
import { fits, lanePatch, lanesOf } from './group'
import { Lanes } from './Lanes'
import { STATUSES, isAt, placeAt, placeBeside, type Place } from './place'
import { useBoard, useLiveBoard } from './useBoard'
import { useKeyboard, type Carried } from './useKeyboard'
import { useMoves } from './useMoves'

export const Route = createLazyRoute('/shell/products/$productId/board')({ component: BoardPage })
const route = getRouteApi('/shell/products/$productId/board')

/** Cards loaded per column when lanes are shown. */
const MOST_IN_LANES = 2000

type Change = (changes: Partial<BoardSearch>) => void
type ByStatus = Record<TaskStatus, readonly TaskCard[]>

function byStatus(pick: (status: TaskStatus) => readonly TaskCard[]): ByStatus {
  return {
    open: pick('open'),
    in_progress: pick('in_progress'),
    blocked: pick('blocked'),
    in_review: pick('in_review'),
    done: pick('done'),
  }
}

function BoardSkeleton({ phone }: { phone: boolean }) {
  return (
    <Loading label="Loading the board">
      <div className="grid gap-2 px-4 py-3 md:grid-cols-5 md:px-6">
        {(phone ? STATUSES.slice(0, 1) : STATUSES).map((status, column) => (
          <div key={status} className="flex flex-col gap-2 rounded-lg bg-canvas p-2 dark:bg-sunken">
            <Skeleton className="m-1 h-3 w-20" />
            {Array.from({ length: 5 - column }, (_, card) => (
              <div key={card} className="flex flex-col gap-2 rounded-md border border-line bg-surface p-2.5">
                <Skeleton className="h-2.5 w-12" />
                <Skeleton className="h-3 w-full" />
                <Skeleton className="h-3 w-2/3" />
              </div>
            ))}
          </div>
        ))}
      </div>
    </Loading>
  )
}

function LaneMenu({ lanes, onChange }: { lanes: LaneKind | undefined; onChange: Change }) {
  const choices = [
    { value: 'none', label: 'No lanes' },
    ...Object.entries(LANES).map(([value, label]) => ({ value, label: `By ${label.toLowerCase()}` })),
  ]
  return (
    <Menu
      trigger={
        <Button variant="quiet" icon={Rows3}>
          {lanes ? `Lanes by ${LANES[lanes].toLowerCase()}` : 'Lanes'}
        </Button>
      }
    >
      <MenuChoice
        value={lanes ?? 'none'}
        options={choices}
        onChange={(value) => onChange({ lanes: value === 'none' ? undefined : (value as LaneKind) })}
      />
    </Menu>
  )
}

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

/** The filtered columns: immediately from loaded cards, until the server has responded. */
function useShown(board: Board | undefined, search: BoardSearch) {
  const { priority, label, text } = search
  return useMemo(() => {
    const narrowed = priority !== undefined || label !== undefined || text !== undefined
    const pick = (status: TaskStatus) => {
      const items = board?.columns.find((column) => column.status === status)?.items ?? []
      return narrowed ? items.filter((card) => fits(card, { priority, label, text })) : items
    }
    return { narrowed, shown: byStatus(pick) }
  }, [board, priority, label, text])
}

/** A stable lookup of names while the team stays the same, so that cards don't re-render. */
function useNameOf({ query, nameOf }: ReturnType<typeof useTeam>): (userId: string) => string | undefined {
  const latest = useRef(nameOf)
  useEffect(() => {
    latest.current = nameOf
  })
  const { data } = query
  return useMemo(() => {
    const names = new Map(data?.map(({ user_id: id, name }) => [id, name]))
    return (userId: string) => names.get(userId) ?? latest.current(userId)
  }, [data])
}

function withCarried(cards: readonly TaskCard[], status: TaskStatus, carried: Carried | null): readonly TaskCard[] {
  if (!carried) return cards
  const others = cards.filter(({ id }) => id !== carried.card.id)
  return carried.status === status ? others.toSpliced(carried.index, 0, carried.card) : others.length === cards.length ? cards : others
}

function BoardPage() {
  const { productId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = useCallback<Change>((changes) => void navigate({ search: (now) => ({ ...now, ...changes }), replace: true }), [navigate])
  return <Shown key={productId} productId={productId} search={search} change={change} />
}

function Shown({ productId, search, change }: { productId: string; search: BoardSearch; change: Change }) {
  const phone = usePhone()
  const { query, board, key, loading, loadMore } = useBoard(productId, boardFiltersOf(search))
  const { mayWrite, mayProgress } = useTaskAccess(productId)
  const team = useTeam(productId)
  const personOf = useNameOf(team)
  const names = useNames(productId)
  const { move, isMoving } = useMoves(key)
  useLiveBoard(productId, isMoving)
  const { narrowed, shown } = useShown(board, search)
  const labels = useMemo(() => [...new Set(board?.columns.flatMap(({ items }) => items.flatMap((card) => card.labels)) ?? [])], [board])
  const filters = useTaskFilters(productId, labels, search.label)
  const lanesBy = phone ? undefined : search.lanes
  const laneName = useCallback(
    (value: string) => (lanesBy === 'assignee' ? personOf(value) : names.nameOf(value)),
    [lanesBy, personOf, names],
  )
  const lanes = useMemo(() => (lanesBy ? lanesOf(shown, lanesBy, laneName) : null), [shown, lanesBy, laneName])
  const create = (status: TaskStatus) => change({ create: status, task: undefined })
  useShortcut('c', 'New task', () => create('open'), 'This page', mayWrite)

  const cellOf = (lane: string | undefined, status: TaskStatus) =>
    lanes ? (lanes.find(({ value }) => value === lane)?.cards[status] ?? []) : shown[status]
  const send = (card: TaskCard, place: Place, cell: readonly TaskCard[], lane: string | undefined) => {
    const patch = lanesBy && lane !== undefined ? lanePatch(card, lanesBy, lane) : null
    if (patch && !mayWrite)
      return toast.info(`${card.reference} stays in its lane`, { detail: 'Only the product’s managers can change more than the status.' })
    if (patch || !isAt(cell, card, place)) move(card, place, patch)
  }
  const found = (id: string) => board?.columns.flatMap(({ items }) => items).find((card) => card.id === id)
  const onDropped = ({ cardId, lane, status, beside }: Dropped) => {
    const card = found(cardId)
    const cell = cellOf(lane, status)
    if (!card || beside?.cardId === cardId) return
    send(
      card,
      beside ? placeBeside(status, cell, cardId, beside.cardId, beside.edge) : placeAt(status, cell, cardId, cell.length),
      cell,
      lane,
    )
  }
  useDropped(onDropped)

  const scrolls = useRef(new Map<TaskStatus, (index: number) => void>())
  const register = useCallback((status: TaskStatus, scrollTo: ((index: number) => void) | null) => {
    if (scrollTo) scrolls.current.set(status, scrollTo)
    else scrolls.current.delete(status)
  }, [])
  const keyboard = useKeyboard({
    cellOf,
    lanes: lanes ? lanes.map(({ value }) => value) : [undefined],
    mayMove: mayProgress,
    reveal: (status, index) => scrolls.current.get(status)?.(index),
    onDrop: ({ card, lane, status, index }) =>
      send(card, placeAt(status, cellOf(lane, status), card.id, index), cellOf(lane, status), lane),
  })

  const acts = useRef({ change, cellOf, send })
  useEffect(() => {
    acts.current = { change, cellOf, send }
  })
  const { say, onKey, focused, left } = keyboard
  const actions = useMemo<BoardActions>(
    () => ({
      productId,
      nameOf: personOf,
      mayMove: mayProgress,
      open: (card) => acts.current.change({ task: card.id, create: undefined }),
      moveTo: (card, status, end) => {
        // The menu disappears with the card's old position; the focus stays on the card.
        focused(card)
        const column = acts.current.cellOf(undefined, status)
        acts.current.send(card, placeAt(status, column, card.id, end === 'top' ? 0 : column.length), column, undefined)
        say(`${card.reference} moved to ${TASK_STATUSES[status]}.`)
      },
      onKey,
      focused,
      left,
    }),
    [productId, personOf, mayProgress, say, onKey, focused, left],
  )

  // Lanes need complete columns.
  useEffect(() => {
    if (!lanesBy) return
    for (const column of board?.columns ?? []) {
      if (column.next_cursor && column.items.length < MOST_IN_LANES && !loading.includes(column.status)) void loadMore(column)
    }
  }, [lanesBy, board, loading, loadMore])

  const asked = Boolean(search.assignee ?? search.requirement ?? search.milestone)
  const head = (column: BoardColumn) => (
    <ColumnHead
      status={column.status}
      count={column.count}
      shown={narrowed || asked ? shown[column.status].length : undefined}
      limit={column.status === 'done' ? undefined : board?.wip_limits[column.status]}
      onCreate={mayWrite ? () => create(column.status) : undefined}
    />
  )
  const marks = { activeId: keyboard.activeId, carriedId: keyboard.carried?.card.id, openId: search.task }
  const columnOf = (column: BoardColumn, className?: string) => (
    <Column
      key={column.status}
      column={column}
      cards={withCarried(shown[column.status], column.status, keyboard.carried)}
      head={head(column)}
      {...marks}
      loading={loading.includes(column.status)}
      onLoadMore={loadMore}
      register={register}
      empty={narrowed || asked ? 'No matching tasks' : 'No tasks'}
      className={className}
    />
  )
  const parts = () => {
    if (query.isPending) return <BoardSkeleton phone={phone} />
    if (!board) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    if (board.columns.every(({ count }) => count === 0) && !asked) {
      const action = mayWrite ? (
        <Button variant="primary" icon={Plus} onClick={() => create('open')}>
          New task
        </Button>
      ) : undefined
      return (
        <EmptyState icon={SquareKanban} title="No tasks yet" action={action}>
          Track work from open to done.
        </EmptyState>
      )
    }
    if (phone) {
      const chosen = search.column ?? 'open'
      const column = board.columns.find(({ status }) => status === chosen)
      return (
        <>
          <Segments board={board} value={chosen} onChange={(status) => change({ column: status })} />
          {column && columnOf(column, 'mx-2 mb-2 flex-1')}
        </>
      )
    }
    if (lanes && lanesBy) {
      const carriedLanes = keyboard.carried
        ? lanes.map((lane) =>
            lane.value === keyboard.carried?.lane
              ? { ...lane, cards: byStatus((status) => withCarried(lane.cards[status], status, keyboard.carried)) as typeof lane.cards }
              : lane,
          )
        : lanes
      const heads = (status: TaskStatus) => {
        const column = board.columns.find((one) => one.status === status)
        return column && head(column)
      }
      return <Lanes lanes={carriedLanes} kind={lanesBy} head={heads} {...marks} />
    }
    return (
      <div className="grid min-h-0 flex-1 grid-cols-[repeat(5,minmax(220px,1fr))] gap-2 overflow-x-auto px-4 pb-4 md:px-6">
        {board.columns.map((column) => columnOf(column))}
      </div>
    )
  }
  return (
    <div className="flex h-full flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1 px-4 py-2 md:px-6">
        <FilterChips filters={filters} values={search} onChange={(changes) => change(changes as Partial<BoardSearch>)} />
        <div className="ml-auto flex items-center gap-1 max-md:ml-0 max-md:w-full">
          <FindBox
            label="Find on the board"
            value={search.text}
            onChange={useCallback((text: string | undefined) => change({ text }), [change])}
          />
          {!phone && <LaneMenu lanes={search.lanes} onChange={change} />}
          {mayWrite && (
            <Button variant="primary" icon={Plus} onClick={() => create(phone ? (search.column ?? 'open') : 'open')}>
              New task
            </Button>
          )}
        </div>
      </div>
      <p id={HELP_ID} hidden>
        Use the arrow keys to move between cards, Enter to open a card, Space to pick it up and drop it, and M for the move menu.
      </p>
      <p className="sr-only" role="status" aria-live="assertive">
        {keyboard.said}
      </p>
      <BoardProvider value={actions}>{parts()}</BoardProvider>
      <TaskCreate
        productId={productId}
        open={search.create !== undefined}
        given={givenBy(search, search.create)}
        onOpenTask={(task) => change({ task: task.id })}
        onClose={() => change({ create: undefined })}
      />
      {search.task && (
        <TaskPanel key={search.task} productId={productId} taskId={search.task} onClose={() => change({ task: undefined })} />
      )}
    </div>
  )
}
