import { numberFormat } from '@/lib/locale'
import { Plus } from 'lucide-react'
import type { TaskStatus } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { cx } from '@/lib/cx'
import { IconButton } from '@/ui/Button'
import { StatusIcon } from '@/ui/TaskMarks'

const NUMBER = numberFormat()

/** Name, count and limit of a column; marks a full one. */
export function ColumnHead({
  status,
  count,
  shown,
  limit,
  level: Heading = 'h2',
  onCreate,
}: {
  status: TaskStatus
  count: number
  shown?: number
  limit?: number | null
  level?: 'h2' | 'h3'
  onCreate?: () => void
}) {
  const narrowed = shown !== undefined
  const state = !limit || narrowed ? null : count > limit ? 'Over' : count === limit ? 'Full' : null
  return (
    <header className="flex h-9 shrink-0 items-center gap-2 px-3">
      <StatusIcon status={status} />
      <Heading className="truncate font-medium">{TASK_STATUSES[status]}</Heading>
      <span
        className={cx(
          'tabular text-xs whitespace-nowrap',
          state ? 'rounded-sm bg-amber-bg px-1.5 py-0.5 font-medium text-amber' : 'text-ink-3',
        )}
      >
        {narrowed ? `${NUMBER.format(shown)} of ${NUMBER.format(count)}` : NUMBER.format(count)}
        {limit && !narrowed && (
          <>
            {' '}
            / {limit}
            <span className="sr-only"> tasks allowed</span>
          </>
        )}
        {state && ` · ${state}`}
      </span>
      {onCreate && (
        <span className="-mr-2 ml-auto">
          <IconButton icon={Plus} label={`New task in ${TASK_STATUSES[status]}`} className="!size-7 max-md:!size-11" onClick={onCreate} />
        </span>
      )}
    </header>
  )
}
