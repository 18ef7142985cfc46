import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { Plus, SquareKanban } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import type { Board, TaskStatus } from '@/api/types'
import { useShortcut } from '@/lib/shortcuts'
import { usePhone } from '@/lib/usePhone'
import { useChange } from '@/shell/useChange'
import { Button } from '@/ui/Button'
import { EmptyState, ErrorState } from '@/ui/states'
import { TaskPanel } from '../panel/TaskPanel'
import { boardFiltersOf, type BoardSearch, type LaneKind } from '../routes'
import { TaskCreate, givenBy } from '../TaskCreate'
import { useTaskAccess } from '../useTaskAccess'
import { BoardColumns } from './BoardColumns'
import { BoardProvider, HELP_ID } from './BoardContext'
import { BoardSkeleton } from './BoardSkeleton'
import { BoardTools, type Change } from './BoardTools'
import { useBoard, useLiveBoard } from './useBoard'
import { useCarrying } from './useCarrying'
import { useCells, usePersonOf } from './useCells'
import { useMoves } from './useMoves'

export const Route = createLazyRoute('/shell/products/$productId/board')({ component: BoardPage })
const route = getRouteApi('/shell/products/$productId/board')

/** Cards loaded per column when lanes are shown. */
const MAX_IN_LANES = 2000

function BoardPage() {
  const { productId } = route.useParams()
  const search = route.useSearch()
  const change = useChange<BoardSearch>(['task', 'create'])
  return <BoardView key={productId} productId={productId} search={search} change={change} />
}

/** Loads more pages until the columns are complete or reach the limit: lanes need complete columns. */
function useWholeColumns(lanesBy: LaneKind | undefined, board: Board | undefined, { loading, loadMore }: ReturnType<typeof useBoard>) {
  useEffect(() => {
    if (!lanesBy) return
    for (const column of board?.columns ?? []) {
      if (column.next_cursor && column.items.length < MAX_IN_LANES && !loading.includes(column.status)) void loadMore(column)
    }
  }, [lanesBy, board, loading, loadMore])
}

function NoTasks({ onCreate }: { onCreate: ((status: TaskStatus) => void) | undefined }) {
  const action = onCreate && (
    <Button variant="primary" icon={Plus} onClick={() => onCreate('open')}>
      New task
    </Button>
  )
  return (
    <EmptyState icon={SquareKanban} title="No tasks yet" action={action}>
      Track work from open to done.
    </EmptyState>
  )
}

interface BoardViewProps {
  productId: string
  search: BoardSearch
  change: Change
}

function BoardView({ productId, search, change }: BoardViewProps) {
  const phone = usePhone()
  const lanesBy = phone ? undefined : search.lanes
  const reading = useBoard(productId, boardFiltersOf(search))
  const { query, board, key, loading, loadMore } = reading
  const { mayWrite, mayProgress } = useTaskAccess(productId)
  const personOf = usePersonOf(productId)
  const { move, isMoving } = useMoves(key)
  useLiveBoard(productId, isMoving)
  const { narrowed, shown, lanes, cellOf } = useCells({ productId, board, search, lanesBy, personOf })
  const create = useCallback((status: TaskStatus) => change({ create: status, task: undefined }), [change])
  useShortcut('c', 'New task', () => create('open'), 'This page', mayWrite)
  const { actions, carried, activeId, announcement, register } = useCarrying({
    productId,
    nameOf: personOf,
    mayMove: mayProgress,
    board,
    cellOf,
    lanes,
    lanesBy,
    mayWrite,
    move,
    onOpen: (card) => change({ task: card.id, create: undefined }),
  })
  useWholeColumns(lanesBy, board, reading)

  const asked = Boolean(search.assignee ?? search.requirement ?? search.milestone)
  const onCreate = mayWrite ? create : undefined
  const onColumn = useCallback((column: TaskStatus) => change({ column }), [change])
  const body = () => {
    if (query.isPending) return <BoardSkeleton phone={phone} />
    if (!board) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    if (board.columns.every(({ count }) => count === 0) && !asked) return <NoTasks onCreate={onCreate} />
    const moving = { activeId, carried, register }
    const columns = { board, shown, lanes, narrowed: narrowed || asked, loading }
    return <BoardColumns search={search} {...columns} {...moving} onLoadMore={loadMore} onCreate={onCreate} onColumn={onColumn} />
  }
  return (
    <div className="flex h-full flex-col">
      <BoardTools productId={productId} board={board} search={search} change={change} onCreate={onCreate} />
      <p id={HELP_ID} hidden>
        Use the arrow keys to move between cards, Enter to open a card, Space to pick it up and drop it, and M for the move menu.
      </p>
      <p className="sr-only" role="status" aria-live="assertive">
        {announcement}
      </p>
      <BoardProvider value={actions}>{body()}</BoardProvider>
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
