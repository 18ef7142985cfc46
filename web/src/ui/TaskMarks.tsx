import {
  CalendarClock,
  CalendarDays,
  CalendarX2,
  ChevronDown,
  ChevronUp,
  ChevronsUp,
  Circle,
  CircleCheck,
  CircleDot,
  Equal,
  Eye,
  OctagonX,
  type LucideIcon,
} from 'lucide-react'
import type { Priority, TaskStatus } from '@/api/types'
import { PRIORITIES, TASK_STATUSES } from '@/api/words'
import { cx } from '@/lib/cx'
import { shortDay } from '@/lib/day'
import { useToday } from '@/lib/time'
import { Badge, type Tone } from './Badge'

const STATUS_LOOK: Record<TaskStatus, [Tone, string, LucideIcon]> = {
  open: ['slate', 'text-slate', Circle],
  in_progress: ['blue', 'text-blue', CircleDot],
  blocked: ['red', 'text-red', OctagonX],
  in_review: ['violet', 'text-violet', Eye],
  done: ['green', 'text-green', CircleCheck],
}

/** The icon of a status, next to its name. */
export function StatusIcon({ status, className }: { status: TaskStatus; className?: string }) {
  const [, colour, Icon] = STATUS_LOOK[status]
  return <Icon className={cx('size-3.5 shrink-0', colour, className)} aria-hidden />
}

export function TaskBadge({ status }: { status: TaskStatus }) {
  const [tone, , Icon] = STATUS_LOOK[status]
  return (
    <Badge tone={tone} shape={<Icon className="size-3" aria-hidden />}>
      {TASK_STATUSES[status]}
    </Badge>
  )
}

const PRIORITY_LOOK: Record<Priority, [string, LucideIcon]> = {
  critical: ['text-red', ChevronsUp],
  high: ['text-amber', ChevronUp],
  medium: ['text-ink-3', Equal],
  low: ['text-ink-3', ChevronDown],
}

/** A priority as an icon only, where there is no room for its name, which is read out and shown on hover. */
export function PriorityMark({ priority, word = false }: { priority: Priority; word?: boolean }) {
  const [colour, Icon] = PRIORITY_LOOK[priority]
  return (
    <span className="inline-flex shrink-0 items-center gap-1" title={word ? undefined : `${PRIORITIES[priority]} priority`}>
      <Icon className={cx('size-3.5', colour)} strokeWidth={2.5} aria-hidden />
      <span className={word ? undefined : 'sr-only'}>
        {PRIORITIES[priority]}
        {!word && ' priority'}
      </span>
    </span>
  )
}

/** A due date relative to today; a done task is never overdue. */
export function dueState(dueOn: string, done: boolean, today: string): 'overdue' | 'today' | 'later' {
  if (done || dueOn > today) return 'later'
  return dueOn < today ? 'overdue' : 'today'
}

const DUE_LOOK = {
  overdue: ['text-red font-medium', CalendarX2, 'Overdue, '],
  today: ['text-amber font-medium', CalendarClock, ''],
  later: ['text-ink-2', CalendarDays, ''],
} as const

/** A task's due date; an overdue one is marked by word and icon. */
export function DueMark({ dueOn, done, className }: { dueOn: string; done: boolean; className?: string }) {
  const today = useToday()
  const state = dueState(dueOn, done, today)
  const [look, Icon, word] = DUE_LOOK[state]
  return (
    <span className={cx('inline-flex items-center gap-1 whitespace-nowrap', look, className)}>
      <Icon className="size-3.5 shrink-0" aria-hidden />
      <span className="sr-only">Due </span>
      {word}
      {state === 'today' && 'Today, '}
      {shortDay(dueOn, today)}
    </span>
  )
}
