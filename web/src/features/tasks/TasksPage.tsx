import { useInfiniteQuery } from '@tanstack/react-query'
import { Outlet, createLazyRoute, getRouteApi, useChildMatches, useNavigate } from '@tanstack/react-router'
import { ListTodo, Plus } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { TaskCard } from '@/api/types'
import { taskList, type TaskFilters } from '@/api/tasks'
import { TASK_STATUSES, options } from '@/api/words'
import { useShortcut } from '@/lib/shortcuts'
import { ExportButton } from '@/shell/ExportButton'
import { ImportLink } from '@/shell/products/ImportLink'
import { useTeam } from '@/shell/products/useProduct'
import { useChange, usePanelStep } from '@/shell/useChange'
import { Button } from '@/ui/Button'
import { DataTable, type RowAction } from '@/ui/DataTable'
import { FilterChips } from '@/ui/FilterChips'
import { EmptyState } from '@/ui/states'
import { BulkBar } from './BulkBar'
import { FindBox } from './FindBox'
import { useTaskFilters } from './filters'
import type { TasksSearch } from './routes'
import { TaskCreate, givenBy } from './TaskCreate'
import { useNames } from './useNames'
import { useTaskAccess } from './useTaskAccess'
import { Views } from './Views'
import { PhoneRow, chooseColumn, taskColumns } from './taskColumns'
import { useChosen } from './useChosen'

export const Route = createLazyRoute('/shell/products/$productId/tasks')({ component: TasksPage })
const route = getRouteApi('/shell/products/$productId/tasks')

function filtersOf({ status, priority, assignee, requirement, milestone, label, text }: TasksSearch): TaskFilters {
  return { status, priority, assignee_id: assignee, requirement_id: requirement, milestone_id: milestone, label, text }
}

const CLEARED: TasksSearch = {
  status: undefined,
  priority: undefined,
  assignee: undefined,
  requirement: undefined,
  milestone: undefined,
  label: undefined,
  text: undefined,
}

interface EmptyProps {
  filtered: boolean
  onClear: () => void
  /** Missing if the user can't create tasks. */
  onCreate: (() => void) | undefined
}

function Empty({ filtered, onClear, onCreate }: EmptyProps) {
  if (filtered) {
    return (
      <EmptyState icon={ListTodo} title="No matching tasks" action={<Button onClick={onClear}>Clear filters</Button>}>
        No tasks match these filters.
      </EmptyState>
    )
  }
  const action = onCreate && (
    <Button variant="primary" icon={Plus} onClick={onCreate}>
      New task
    </Button>
  )
  return (
    <EmptyState icon={ListTodo} title="No tasks yet" action={action}>
      Track work with assignees and due dates.
    </EmptyState>
  )
}

function TasksPage() {
  const { productId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const openId = useChildMatches({ select: (matches) => (matches.at(-1)?.params as { taskId?: string } | undefined)?.taskId })
  const { product, mayWrite } = useTaskAccess(productId)
  const { nameOf: personOf } = useTeam(productId)
  const { nameOf } = useNames(productId)
  const filters = filtersOf(search)
  const list = useInfiniteQuery({
    queryKey: keys.tasks.list(productId, filters),
    queryFn: ({ pageParam }) => taskList(productId, filters, pageParam),
    ...pages,
  })
  const tasks = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const labels = useMemo(() => [...new Set(tasks.flatMap((task) => task.labels))], [tasks])
  const chips = useTaskFilters(productId, labels, search.label)
  const { ids, chosen, toggle, choose, all, toggleAll } = useChosen(tasks)
  // Navigates to the list itself: an open panel closes when the view changes.
  const change = useChange<TasksSearch>(['create'], `/products/${productId}/tasks`)
  const step = usePanelStep()
  const open = (one: Pick<TaskCard, 'id'>) =>
    void navigate({
      to: '/products/$productId/tasks/$taskId',
      params: { productId, taskId: one.id },
      search,
      ...(openId === undefined ? step() : { replace: true, state: true, resetScroll: false }),
    })
  useShortcut('c', 'New task', () => change({ create: true }), 'This page', mayWrite)
  const columns = taskColumns({ personOf, nameOf })
  const table = mayWrite ? [chooseColumn({ chosen: ids, toggle, all, toggleAll }), ...columns] : columns
  const actions: RowAction<TaskCard>[] = mayWrite ? [{ keys: 'x', label: 'Select row', run: ({ id }) => toggle(id) }] : []
  const filtered = Object.values(filters).some((value) => value !== undefined)
  const create = mayWrite ? () => change({ create: true }) : undefined
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-4 py-2 md:px-6">
        {chosen.length > 0 ? (
          <BulkBar productId={productId} chosen={chosen} onChosen={choose} />
        ) : (
          <FilterChips
            filters={[{ key: 'status' as const, label: 'Status', options: options(TASK_STATUSES) }, ...chips]}
            values={search}
            onChange={(changes) => change(changes as Partial<TasksSearch>)}
          />
        )}
        <div className="ml-auto flex items-center gap-1 max-md:ml-0 max-md:w-full max-md:flex-wrap">
          <FindBox
            label="Find tasks"
            value={search.text}
            onChange={useCallback((text: string | undefined) => change({ text }), [change])}
          />
          <Views productId={productId} search={search} onChoose={(view) => change({ ...CLEARED, ...view })} />
          <ExportButton path={`/api/exports/products/${productId}/tasks`} filters={filters} name="tasks" action="product_export" />
          <ImportLink product={product} kind="tasks" />
          {create && (
            <Button variant="primary" icon={Plus} onClick={create}>
              <span className="max-md:sr-only">New task</span>
            </Button>
          )}
        </div>
      </div>
      <div className="min-h-0 flex-1">
        <DataTable
          name="tasks"
          label="Tasks"
          columns={table}
          rows={tasks}
          rowId={(one) => one.id}
          phone={(one) => <PhoneRow one={one} assignee={personOf(one.assignee_id)} />}
          onOpen={open}
          actions={actions}
          openId={openId}
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onLoadMore={() => void list.fetchNextPage()}
          empty={<Empty filtered={filtered} onClear={() => change(CLEARED)} onCreate={create} />}
        />
      </div>
      <TaskCreate
        productId={productId}
        open={search.create === true}
        given={givenBy(search, search.status)}
        onOpenTask={open}
        onClose={() => change({ create: undefined })}
      />
      <Outlet />
    </div>
  )
}
