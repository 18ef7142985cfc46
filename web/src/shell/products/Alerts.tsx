import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import type { AgingTask, ProductCycle } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'

type NameOf = (userId: string | null | undefined) => string | undefined

function Tasks({ tasks, productId, nameOf }: { tasks: readonly AgingTask[]; productId: string; nameOf: NameOf }) {
  return (
    <ul className="divide-y divide-line">
      {tasks.map((task) => (
        <li key={task.id}>
          <Link
            to="/products/$productId/tasks/$taskId"
            params={{ productId, taskId: task.id }}
            className="-mx-2 flex min-h-9 flex-wrap items-baseline gap-x-3 rounded-md px-2 py-1.5 hover:bg-hover max-md:min-h-11"
          >
            <span className="flex min-w-0 flex-1 items-baseline gap-3 max-md:basis-full">
              <span className="font-mono text-xs whitespace-nowrap text-ink-3">{task.reference}</span>
              <span className="min-w-0 truncate" title={task.title}>
                {task.title}
              </span>
            </span>
            <span className="text-xs text-ink-3 max-md:flex-1">
              {[TASK_STATUSES[task.status], nameOf(task.assignee_id)].filter(Boolean).join(' · ')}
            </span>
            <span className="tabular w-16 text-right whitespace-nowrap">{task.days === 1 ? '1 day' : `${task.days} days`}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** Tasks over the aging limit, or else the longest waiting ones. */
export function Alerts({
  cycle,
  productId,
  nameOf,
  most,
}: {
  cycle: ProductCycle
  productId: string
  nameOf: NameOf
  /** Number of tasks to show; all by default. */ most?: number
}) {
  const { count, after_days: limit } = cycle.alerts
  const tasks = cycle.alerts.tasks.slice(0, most)
  if (count === 0) {
    if (cycle.oldest.length === 0) return <p className="text-ink-3">No tasks are waiting.</p>
    return (
      <>
        <p className="pb-2 text-ink-2">No task has been in its status for more than {limit} days. These have been in theirs the longest.</p>
        <Tasks tasks={cycle.oldest.slice(0, most)} productId={productId} nameOf={nameOf} />
      </>
    )
  }
  return (
    <>
      <p className="flex items-center gap-2 pb-2 text-amber">
        <TriangleAlert className="size-4 shrink-0" aria-hidden />
        {count === 1 ? '1 task has' : `${count} tasks have`} been in the same status for more than {limit} days
        {count > tasks.length ? `; these ${tasks.length} the longest` : ''}.
      </p>
      <Tasks tasks={tasks} productId={productId} nameOf={nameOf} />
    </>
  )
}
