import { useInfiniteQuery } from '@tanstack/react-query'
import { Outlet, createLazyRoute, getRouteApi, useChildMatches, useNavigate } from '@tanstack/react-router'
import { ListTodo, Plus } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { TaskCard } from '@/api/types'
import { taskList, type TaskFilters } from '@/api/tasks'
import { TASK_STATUSES, options } from '@/api/words'
import { useShortcut } from '@/lib/shortcuts'
import { ExportButton } from '@/shell/ExportButton'
import { ImportLink } from '@/shell/products/ImportLink'
import { useTeam } from '@/shell/products/useProduct'
import { Avatar } from '@/ui/Avatar'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { DataTable, type Column, type RowAction } from '@/ui/DataTable'
import { FilterChips } from '@/ui/FilterChips'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState } from '@/ui/states'
import { DueMark, PriorityMark, TaskBadge } from '@/ui/TaskMarks'
import { BulkBar } from './BulkBar'
import { FindBox } from './FindBox'
import { useTaskFilters } from './filters'
import type { TasksSearch } from './routes'
import { TaskCreate, givenBy } from './TaskCreate'
import { useNames } from './useNames'
import { useTaskAccess } from './useTaskAccess'
import { Views } from './Views'

export const Route = createLazyRoute('/shell/products/$productId/tasks')({ component: TasksPage })
const route = getRouteApi('/shell/products/$productId/tasks')

const LABELS_SHOWN = 1

interface ColumnNeeds {
  personOf: (id: string | null | undefined) => string | undefined
  nameOf: (id: string | null | undefined) => string | undefined
  chosen: ReadonlySet<string>
  toggle: (id: string) => void
  all: 'all' | 'some' | 'none'
  toggleAll: () => void
  mayChoose: boolean
}

function columns({ personOf, nameOf, chosen, toggle, all, toggleAll, mayChoose }: ColumnNeeds): Column<TaskCard>[] {
  const box = 'block size-4 accent-accent'
  const choose: Column<TaskCard> = {
    id: 'choose',
    header: 'Select',
    fixed: true,
    width: '16px',
    head: (
      <input
        type="checkbox"
        aria-label="Select all shown"
        className={box}
        checked={all === 'all'}
        ref={(element) => {
          if (element) element.indeterminate = all === 'some'
        }}
        onChange={toggleAll}
      />
    ),
    cell: (one) => (
      <input
        type="checkbox"
        aria-label={`Select ${one.reference}`}
        className={box}
        checked={chosen.has(one.id)}
        onChange={() => toggle(one.id)}
      />
    ),
  }
  return [
    ...(mayChoose ? [choose] : []),
    { id: 'reference', header: 'Number', fixed: true, width: '76px', className: 'tabular text-ink-2', cell: (one) => one.reference },
    { id: 'title', header: 'Title', fixed: true, width: 'minmax(220px, 3fr)', className: 'font-medium', cell: (one) => one.title },
    {
      id: 'status',
      header: 'Status',
      width: '108px',
      cell: (one) => (
        <span className="flex">
          <TaskBadge status={one.status} />
        </span>
      ),
    },
    {
      id: 'priority',
      header: 'Priority',
      width: '88px',
      cell: (one) => (
        <span className="flex">
          <PriorityMark priority={one.priority} word />
        </span>
      ),
    },
    {
      id: 'assignee',
      header: 'Assignee',
      width: 'minmax(120px, 1fr)',
      cell: (one) => {
        const name = personOf(one.assignee_id)
        return (
          name && (
            <span className="flex min-w-0 items-center gap-1.5 text-ink-2">
              <Avatar name={name} size="small" />
              <span className="truncate">{name}</span>
            </span>
          )
        )
      },
    },
    {
      id: 'due',
      header: 'Due',
      width: '136px',
      cell: (one) => one.due_on && <DueMark dueOn={one.due_on} done={one.status === 'done'} className="!flex text-xs" />,
    },
    {
      id: 'requirement',
      header: 'Requirement',
      width: 'minmax(120px, 1fr)',
      optional: true,
      className: 'text-ink-2',
      cell: (one) => nameOf(one.requirement_id),
    },
    {
      id: 'milestone',
      header: 'Milestone',
      width: 'minmax(110px, 1fr)',
      optional: true,
      className: 'text-ink-2',
      cell: (one) => nameOf(one.milestone_id),
    },
    {
      id: 'labels',
      header: 'Labels',
      width: 'minmax(110px, 1fr)',
      cell: (one) => (
        <span className="flex items-center gap-1 overflow-hidden">
          {one.labels.slice(0, LABELS_SHOWN).map((label) => (
            <Badge key={label}>{label}</Badge>
          ))}
          {one.labels.length > LABELS_SHOWN && <span className="text-xs text-ink-3">+{one.labels.length - LABELS_SHOWN}</span>}
        </span>
      ),
    },
    {
      id: 'estimate',
      header: 'Estimate',
      width: '72px',
      align: 'end',
      optional: true,
      cell: (one) => one.estimate_hours && `${one.estimate_hours} h`,
    },
    { id: 'updated', header: 'Changed', width: '104px', cell: (one) => <RelativeTime at={one.updated_at} className="text-ink-2" /> },
  ]
}

function PhoneRow({ one, assignee }: { one: TaskCard; assignee: string | undefined }) {
  return (
    <span className="flex items-center gap-3">
      <PriorityMark priority={one.priority} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{one.title}</span>
        <span className="flex items-center gap-2 truncate text-xs text-ink-3">
          {one.reference}
          {one.due_on && <DueMark dueOn={one.due_on} done={one.status === 'done'} />}
        </span>
      </span>
      <TaskBadge status={one.status} />
      {assignee && (
        <span title={assignee}>
          <Avatar name={assignee} size="small" />
        </span>
      )}
    </span>
  )
}

/** The selected rows that are still in the list. */
function useChosen(tasks: readonly TaskCard[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const chosen = useMemo(() => tasks.filter(({ id }) => ids.has(id)), [tasks, ids])
  const toggle = useCallback(
    (id: string) => setIds((now) => (now.has(id) ? new Set([...now].filter((one) => one !== id)) : new Set([...now, id]))),
    [],
  )
  return { ids, chosen, toggle, choose: (some: readonly string[]) => setIds(new Set(some)) }
}

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

function TasksPage() {
  const { productId } = route.useParams()
  const search = route.useSearch()
  const setSearch = route.useNavigate()
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
  const { ids, chosen, toggle, choose } = useChosen(tasks)
  // Navigates to the list itself: an open panel closes when the view changes.
  const change = useCallback(
    (changes: Partial<TasksSearch>) => void setSearch({ to: '.', search: (now: TasksSearch) => ({ ...now, ...changes }), replace: true }),
    [setSearch],
  )
  const open = (one: Pick<TaskCard, 'id'>) =>
    void navigate({
      to: '/products/$productId/tasks/$taskId',
      params: { productId, taskId: one.id },
      search,
      replace: openId !== undefined,
    })
  useShortcut('c', 'New task', () => change({ create: true }), 'This page', mayWrite)
  const all = chosen.length === 0 ? 'none' : chosen.length === tasks.length ? 'all' : 'some'
  const table = columns({
    personOf,
    nameOf,
    chosen: ids,
    toggle,
    all,
    toggleAll: () => choose(all === 'all' ? [] : tasks.map(({ id }) => id)),
    mayChoose: mayWrite,
  })
  const actions: RowAction<TaskCard>[] = mayWrite ? [{ keys: 'x', label: 'Select row', run: ({ id }) => toggle(id) }] : []
  const filtered = Object.values(filters).some((value) => value !== undefined)
  const empty = filtered ? (
    <EmptyState icon={ListTodo} title="No matching tasks" action={<Button onClick={() => change(CLEARED)}>Clear filters</Button>}>
      No tasks match these filters.
    </EmptyState>
  ) : (
    <EmptyState
      icon={ListTodo}
      title="No tasks yet"
      action={
        mayWrite ? (
          <Button variant="primary" icon={Plus} onClick={() => change({ create: true })}>
            New task
          </Button>
        ) : undefined
      }
    >
      Track work with assignees and due dates.
    </EmptyState>
  )
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
          {mayWrite && (
            <Button variant="primary" icon={Plus} onClick={() => change({ create: true })}>
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
          empty={empty}
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
