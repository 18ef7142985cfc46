import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import type { AgingTask, ProductCycle } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'

const days = (value: number | null | undefined) => (value === null || value === undefined ? '–' : String(value))
const CELL = 'tabular py-1.5 pl-3 text-right whitespace-nowrap'

/** How long unfinished tasks have had their status. */
export function AgingTable({ cycle }: { cycle: ProductCycle }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-90">
        <caption className="sr-only">Days in the present status</caption>
        <thead>
          <tr className="text-xs text-ink-3">
            <th scope="col" className="py-1.5 text-left font-normal">Status</th>
            {['Tasks', 'Mean', 'Median', 'Longest', 'Too long'].map((name) => <th key={name} scope="col" className="py-1.5 pl-3 text-right font-normal whitespace-nowrap">{name}</th>)}
          </tr>
        </thead>
        <tbody>
          {cycle.aging.map((one) => (
            <tr key={one.status} className="border-t border-line">
              <th scope="row" className="py-1.5 text-left font-medium whitespace-nowrap">{TASK_STATUSES[one.status]}</th>
              <td className={CELL}>{one.count}</td>
              <td className={CELL}>{days(one.mean_days)}</td>
              <td className={CELL}>{days(one.median_days)}</td>
              <td className={CELL}>{days(one.max_days)}</td>
              <td className={one.alerts > 0 ? `${CELL} font-medium text-amber` : CELL}>{one.alerts}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Tasks({ tasks, productId, nameOf }: { tasks: readonly AgingTask[]; productId: string; nameOf: (userId: string | null | undefined) => string | undefined }) {
  return (
    <ul className="divide-y divide-line">
      {tasks.map((task) => (
        <li key={task.id}>
          <Link to="/products/$productId/tasks/$taskId" params={{ productId, taskId: task.id }} className="-mx-2 flex min-h-9 flex-wrap items-baseline gap-x-3 rounded-md px-2 py-1.5 hover:bg-hover max-md:min-h-11">
            <span className="flex min-w-0 flex-1 items-baseline gap-3 max-md:basis-full">
              <span className="font-mono text-xs whitespace-nowrap text-ink-3">{task.reference}</span>
              <span className="min-w-0 truncate" title={task.title}>{task.title}</span>
            </span>
            <span className="text-xs text-ink-3 max-md:flex-1">{[TASK_STATUSES[task.status], nameOf(task.assignee_id)].filter(Boolean).join(' · ')}</span>
            <span className="tabular w-16 text-right whitespace-nowrap">{task.days === 1 ? '1 day' : `${task.days} days`}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** The tasks that have had their status for too long, or else those that have had it longest. */
export function Alerts({ cycle, productId, nameOf }: { cycle: ProductCycle; productId: string; nameOf: (userId: string | null | undefined) => string | undefined }) {
  const { count, tasks, after_days: limit } = cycle.alerts
  if (count === 0) {
    if (cycle.oldest.length === 0) return <p className="text-ink-3">No task is waiting.</p>
    return (
      <>
        <p className="pb-2 text-ink-2">None has had its status for more than {limit} days. These have had it longest.</p>
        <Tasks tasks={cycle.oldest} productId={productId} nameOf={nameOf} />
      </>
    )
  }
  return (
    <>
      <p className="flex items-center gap-2 pb-2 text-amber">
        <TriangleAlert className="size-4 shrink-0" aria-hidden />
        {count === 1 ? '1 task has' : `${count} tasks have`} had the same status for more than {limit} days{count > tasks.length ? `; these ${tasks.length} for longest` : ''}.
      </p>
      <Tasks tasks={tasks} productId={productId} nameOf={nameOf} />
    </>
  )
}
