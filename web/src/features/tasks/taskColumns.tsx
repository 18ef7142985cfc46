import type { TaskCard } from '@/api/types'
import { Avatar } from '@/ui/Avatar'
import { Badge } from '@/ui/Badge'
import { type Column } from '@/ui/DataTable'
import { RelativeTime } from '@/ui/RelativeTime'
import { DueMark, PriorityMark, TaskBadge } from '@/ui/TaskMarks'

const LABELS_SHOWN = 1

function Person({ name }: { name: string | undefined }) {
  if (!name) return null
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-ink-2">
      <Avatar name={name} size="small" />
      <span className="truncate">{name}</span>
    </span>
  )
}

function Labels({ labels }: { labels: readonly string[] }) {
  return (
    <span className="flex items-center gap-1 overflow-hidden">
      {labels.slice(0, LABELS_SHOWN).map((label) => (
        <Badge key={label}>{label}</Badge>
      ))}
      {labels.length > LABELS_SHOWN && <span className="text-xs text-ink-3">+{labels.length - LABELS_SHOWN}</span>}
    </span>
  )
}

interface ChooseNeeds {
  chosen: ReadonlySet<string>
  toggle: (id: string) => void
  all: 'all' | 'some' | 'none'
  toggleAll: () => void
}

/** A checkbox in each row, and one in the header for all rows. */
export function chooseColumn({ chosen, toggle, all, toggleAll }: ChooseNeeds): Column<TaskCard> {
  const box = 'block size-4 accent-accent'
  return {
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
}

interface Names {
  personOf: (id: string | null | undefined) => string | undefined
  /** Name of a requirement or milestone. */
  nameOf: (id: string | null | undefined) => string | undefined
}

export function taskColumns({ personOf, nameOf }: Names): Column<TaskCard>[] {
  return [
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
    { id: 'assignee', header: 'Assignee', width: 'minmax(120px, 1fr)', cell: (one) => <Person name={personOf(one.assignee_id)} /> },
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
    { id: 'labels', header: 'Labels', width: 'minmax(110px, 1fr)', cell: (one) => <Labels labels={one.labels} /> },
    {
      id: 'estimate',
      header: 'Estimate',
      width: '72px',
      align: 'end',
      optional: true,
      cell: (one) => one.estimate_hours && `${one.estimate_hours} h`,
    },
    { id: 'updated', header: 'Changed', width: '160px', cell: (one) => <RelativeTime at={one.updated_at} className="text-ink-2" /> },
  ]
}

/** A row at phone width. */
export function PhoneRow({ one, assignee }: { one: TaskCard; assignee: string | undefined }) {
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
