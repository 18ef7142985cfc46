import { Link, createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { ListTodo } from 'lucide-react'
import { useMemo, type MouseEvent } from 'react'
import type { TaskCard, TaskStatus } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { cx } from '@/lib/cx'
import { useToday } from '@/lib/time'
import { usePageTitle } from '@/lib/title'
import { ExportButton } from '@/shell/ExportButton'
import { useMyTasks } from '@/shell/products/useMyTasks'
import { useChange } from '@/shell/useChange'
import { buttonClass } from '@/ui/Button'
import { LoadMore } from '@/ui/LoadMore'
import { Menu, MenuChoice } from '@/ui/Menu'
import { PageHeader } from '@/ui/PageHeader'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { DueMark, PriorityMark, StatusIcon, TaskBadge } from '@/ui/TaskMarks'
import { DUE_GROUPS, byDue } from './due'
import { TaskPanel } from './panel/TaskPanel'
import { useSaveTask } from './useSaveTask'
import type { MyTasksSearch } from './routes'

export const Route = createLazyRoute('/shell/tasks')({ component: MyTasksPage })
const route = getRouteApi('/shell/tasks')

const STATUS_CHOICES = (Object.keys(TASK_STATUSES) as TaskStatus[]).map((value) => ({
  value,
  label: (
    <span className="flex items-center gap-2">
      <StatusIcon status={value} />
      {TASK_STATUSES[value]}
    </span>
  ),
}))

function TaskRow({ task, opened, onOpen }: { task: TaskCard; opened: boolean; onOpen: () => void }) {
  const save = useSaveTask()
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    onOpen()
  }
  const trigger = (
    <button
      type="button"
      aria-label={`Status of ${task.reference}: ${TASK_STATUSES[task.status]}. Change`}
      className="relative z-10 rounded-sm max-md:py-3"
    >
      <TaskBadge status={task.status} />
    </button>
  )
  return (
    <li className={cx('relative flex min-h-11 items-center gap-3 px-4 hover:bg-hover max-md:min-h-16 md:px-6', opened && 'bg-selected')}>
      <PriorityMark priority={task.priority} />
      <span className="tabular w-18 shrink-0 text-xs text-ink-3 max-md:hidden">{task.reference}</span>
      <span className="min-w-0 flex-1">
        <a
          href={`/products/${task.product_id}/tasks/${task.id}`}
          onClick={onClick}
          className="block truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
        >
          {task.title}
        </a>
        <span className="flex gap-2 text-xs text-ink-3 md:hidden">
          {task.reference}
          {task.due_on && <DueMark dueOn={task.due_on} done={false} />}
        </span>
      </span>
      {task.due_on && <DueMark dueOn={task.due_on} done={false} className="text-xs max-md:hidden" />}
      <span className="flex justify-end md:w-28">
        <Menu trigger={trigger}>
          <MenuChoice
            value={task.status}
            options={STATUS_CHOICES}
            onChange={(status) => status !== task.status && void save(task, { status })}
          />
        </Menu>
      </span>
    </li>
  )
}

/** The signed-in user's unfinished tasks in all products. */
function MyTasksPage() {
  usePageTitle('My tasks')
  const search = route.useSearch()
  const today = useToday()
  const { query, tasks } = useMyTasks()
  const groups = useMemo(() => byDue(tasks, today), [tasks, today])
  const change = useChange<MyTasksSearch>(['task', 'product'])
  const open = (task?: TaskCard) => change({ task: task?.id, product: task?.product_id })
  const body = () => {
    if (query.isPending)
      return (
        <div className="p-6">
          <SkeletonLines lines={8} />
        </div>
      )
    if (query.isError && tasks.length === 0) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    if (tasks.length === 0) {
      return (
        <EmptyState
          icon={ListTodo}
          title="No tasks assigned to you"
          action={
            <Link to="/products" className={buttonClass()}>
              All products
            </Link>
          }
        >
          Tasks assigned to you appear here, the earliest due first.
        </EmptyState>
      )
    }
    return (
      <>
        {groups.map(({ group, tasks: due }) => (
          <section key={group} aria-label={DUE_GROUPS[group]}>
            <h2 className="sticky top-0 z-20 flex h-9 items-center gap-2 border-b border-line bg-canvas px-4 text-xs font-medium text-ink-2 md:px-6">
              <span className={cx(group === 'overdue' && 'text-red')}>{DUE_GROUPS[group]}</span>
              <span className="tabular font-normal text-ink-3">{due.length}</span>
            </h2>
            <ul className="divide-y divide-line border-b border-line">
              {due.map((task) => (
                <TaskRow key={task.id} task={task} opened={task.id === search.task} onOpen={() => open(task)} />
              ))}
            </ul>
          </section>
        ))}
        <LoadMore hasMore={query.hasNextPage} loading={query.isFetchingNextPage} onLoad={() => void query.fetchNextPage()} />
      </>
    )
  }
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title="My tasks"
        meta={tasks.length > 0 ? `${tasks.length}${query.hasNextPage ? '+' : ''}` : undefined}
        actions={tasks.length > 0 && <ExportButton action="product_export" path="/api/exports/tasks" name="my-tasks" />}
      />
      <div className="min-h-0 flex-1 overflow-y-auto">{body()}</div>
      {search.task && search.product && (
        <TaskPanel key={search.task} productId={search.product} taskId={search.task} onClose={() => open()} />
      )}
    </div>
  )
}
