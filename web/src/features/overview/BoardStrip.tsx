import { Link } from '@tanstack/react-router'
import type { TaskCard, TaskStatus } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { ColumnHead } from '@/shell/products/ColumnHead'
import { Avatar } from '@/ui/Avatar'
import { Skeleton, Loading } from '@/ui/states'
import { DueMark, PriorityMark } from '@/ui/TaskMarks'

export interface StripColumn {
  status: TaskStatus
  /** Number of all its tasks; only the first ones are shown. */
  count: number
  limit?: number | null | undefined
  tasks: readonly TaskCard[]
}

const LINK =
  'mt-0.5 line-clamp-2 break-words after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-focus'
// Relative: screen-reader text is positioned absolutely and must scroll with it.
const GRID = 'relative -m-1 grid snap-x auto-cols-[minmax(180px,1fr)] grid-flow-col gap-2 overflow-x-auto p-1 max-md:auto-cols-[76%]'

function Card({ task, mine, assignee }: { task: TaskCard; mine: boolean; assignee: string | undefined }) {
  return (
    <li className="relative rounded-md border border-line bg-surface px-2.5 py-2 shadow-[0_1px_1px_#0000000a] hover:border-line-strong/60 dark:bg-raised">
      <div className="flex items-center gap-1.5 text-xs text-ink-3">
        <PriorityMark priority={task.priority} />
        <span className="tabular flex-1 truncate">{task.reference}</span>
        {assignee && (
          <span title={assignee} className="-my-0.5 block">
            <Avatar name={assignee} size="small" />
            <span className="sr-only">Assigned to {assignee}</span>
          </span>
        )}
      </div>
      {mine ? (
        <Link to="/tasks" search={{ task: task.id, product: task.product_id }} className={LINK}>
          {task.title}
        </Link>
      ) : (
        <Link to="/products/$productId/board" params={{ productId: task.product_id }} search={{ task: task.id }} className={LINK}>
          {task.title}
        </Link>
      )}
      {task.due_on && (
        <p className="mt-1 flex text-xs">
          <DueMark dueOn={task.due_on} done={task.status === 'done'} />
        </p>
      )}
    </li>
  )
}

/** A compact board: columns side by side with their top cards. `mine` opens the cards among the user's own tasks. */
export function BoardStrip({
  columns,
  mine = false,
  nameOf,
}: {
  columns: readonly StripColumn[]
  mine?: boolean
  nameOf?: (userId: string) => string | undefined
}) {
  return (
    <ul aria-label="Columns" className={GRID}>
      {columns.map(({ status, count, limit, tasks }) => {
        const rest = count - tasks.length
        return (
          <li key={status} className="flex min-w-0 snap-start flex-col rounded-lg bg-canvas pb-2 dark:bg-sunken">
            <ColumnHead level="h3" status={status} count={count} {...(limit ? { limit } : {})} />
            {tasks.length > 0 && (
              <ol aria-label={TASK_STATUSES[status]} className="flex flex-col gap-1.5 px-2">
                {tasks.map((task) => (
                  <Card key={task.id} task={task} mine={mine} assignee={task.assignee_id ? nameOf?.(task.assignee_id) : undefined} />
                ))}
              </ol>
            )}
            {rest > 0 && <p className="px-3 pt-2 text-xs text-ink-3">{rest} more</p>}
            {count === 0 && <p className="px-3 py-3 text-xs text-ink-3">None</p>}
          </li>
        )
      })}
    </ul>
  )
}

export function PendingStrip({ columns }: { columns: number }) {
  return (
    <Loading label="Loading the board">
      <div className={GRID}>
        {Array.from({ length: columns }, (_, column) => (
          <div key={column} className="flex flex-col gap-2 rounded-lg bg-canvas p-2 dark:bg-sunken">
            <Skeleton className="m-1 h-4 w-20" />
            <Skeleton className="h-16 w-full" />
            <Skeleton className="h-16 w-full" />
          </div>
        ))}
      </div>
    </Loading>
  )
}
