import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AlarmClock, Check, CircleCheck, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import { reminderListMine } from '@/api/reminders'
import type { MyReminder, TaskCard } from '@/api/types'
import { dayOf } from '@/lib/day'
import { useNow, useTimeZone } from '@/lib/time'
import { useMe } from '@/session/useMe'
import { useFinishTask } from '@/shell/products/useFinishTask'
import { useMyTasks } from '@/shell/products/useMyTasks'
import { dueBefore } from '@/shell/reminders/dueBefore'
import { useReminderActions } from '@/shell/reminders/useReminderActions'
import { OPEN } from '@/shell/reminders/values'
import { Button, IconButton, buttonClass } from '@/ui/Button'
import { Section } from '@/ui/PageHeader'
import { Loading, Skeleton } from '@/ui/states'
import { DueMark, PriorityMark, StatusIcon } from '@/ui/TaskMarks'
import { agenda, dueWords, type Due } from './due'

const SHOWN = 6
/** With fewer rows, there is room for upcoming items. */
const FILLED = 4
const ROW = 'relative flex min-h-12 items-center gap-3 px-4 py-1.5 hover:bg-hover'
const LINK =
  'block truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus'

function Tile({ children }: { children: ReactNode }) {
  return <span className="grid size-7 shrink-0 place-items-center rounded-md bg-slate-bg text-ink-3">{children}</span>
}

/** Due time, at the end of the row, or below the title if there is no room beside it. */
function When({ day, below = false }: { day: string; below?: boolean }) {
  return <DueMark dueOn={day} done={false} className={below ? 'md:hidden' : 'text-xs max-md:hidden'} />
}

function Done({ name, onDone }: { name: string; onDone: () => void }) {
  return (
    <span className="relative z-10 max-md:-mr-2">
      <IconButton icon={Check} label={`Done: ${name}`} onClick={onDone} />
    </span>
  )
}

function TaskRow({ task, onDone }: { task: TaskCard; onDone: () => void }) {
  return (
    <li className={ROW}>
      <Tile>
        <StatusIcon status={task.status} />
      </Tile>
      <span className="min-w-0 flex-1">
        <Link to="/tasks" search={{ task: task.id, product: task.product_id }} className={LINK}>
          {task.title}
        </Link>
        <span className="flex items-center gap-2 text-xs text-ink-3">
          <span className="tabular">{task.reference}</span>
          <PriorityMark priority={task.priority} />
          <When day={task.due_on ?? ''} below />
        </span>
      </span>
      <When day={task.due_on ?? ''} />
      <Done name={task.title} onDone={onDone} />
    </li>
  )
}

function ReminderRow({ reminder, day, onDone }: { reminder: MyReminder; day: string; onDone: () => void }) {
  return (
    <li className={ROW}>
      <Tile>
        <AlarmClock className="size-4" aria-hidden />
      </Tile>
      <span className="min-w-0 flex-1">
        <Link to="/investors/$investorId" params={{ investorId: reminder.investor_id }} className={LINK}>
          {reminder.message}
        </Link>
        <span className="flex gap-2 text-xs text-ink-3">
          <span className="truncate">{reminder.investor_name}</span>
          <When day={day} below />
        </span>
      </span>
      <When day={day} />
      <Done name={reminder.message} onDone={onDone} />
    </li>
  )
}

/** What couldn't be loaded, next to what could. */
function Missing({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-3">
      <p className="min-w-0 flex-1 text-red">
        {what}: {asProblem(error).title}
      </p>
      <Button icon={RotateCw} onClick={onRetry}>
        Try again
      </Button>
    </div>
  )
}

function Pending() {
  return (
    <Loading label="Loading due items">
      {[0, 1, 2, 3].map((row) => (
        <div key={row} className="flex min-h-12 items-center gap-3 px-4">
          <Skeleton className="size-7" />
          <Skeleton className="h-3 w-1/2" />
          <Skeleton className="ml-auto h-3 w-16" />
        </div>
      ))}
    </Loading>
  )
}

/** The user's open reminders due within a week; one request per status. */
function useDueReminders(enabled: boolean) {
  const { time_zone: zone } = useMe()
  const before = dueBefore('week', useNow(), zone)
  return useQuery({
    queryKey: [...keys.reminders.mineWith(OPEN, before), 'first'],
    queryFn: async () =>
      (await Promise.all(OPEN.map((status) => reminderListMine({ status, ...(before ? { due_before: before } : {}) })))).flatMap(
        ({ items }) => items,
      ),
    enabled,
    // Each read of personal data is recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
  })
}

/** The user's tasks and reminders that are due today, overdue or coming up, to tick off. */
export function DueToday({ reminds, works }: { reminds: boolean; works: boolean }) {
  const timeZone = useTimeZone()
  const today = dayOf(useNow(), timeZone)
  const { query: mine, tasks } = useMyTasks(works)
  const reminders = useDueReminders(reminds)
  const { done } = useReminderActions()
  const finish = useFinishTask()
  const { due, soon } = agenda(today, tasks, reminders.data ?? [], timeZone)
  const next = soon.slice(0, Math.max(0, FILLED - due.length))
  const pending = (works && mine.isPending) || (reminds && reminders.isPending)
  const failed = mine.isError || reminders.isError
  const rest = due.length - SHOWN
  const row = (one: Due) =>
    one.task ? (
      <TaskRow key={one.key} task={one.task} onDone={() => finish(one.task)} />
    ) : (
      <ReminderRow key={one.key} reminder={one.reminder} day={one.day} onDone={() => done(one.reminder)} />
    )
  const actions = (
    <span className="flex items-center">
      {reminds && (
        <Link to="/reminders" search={{ due: 'today' }} className={buttonClass('quiet')}>
          Reminders
        </Link>
      )}
      {works && (
        <Link to="/tasks" className={buttonClass('quiet')}>
          My tasks
        </Link>
      )}
    </span>
  )
  return (
    <Section title="Due today" hint={pending ? undefined : dueWords(due, today)} actions={actions} flush>
      {mine.isError && <Missing what="Couldn’t load your tasks" error={mine.error} onRetry={() => void mine.refetch()} />}
      {reminders.isError && (
        <Missing what="Couldn’t load your reminders" error={reminders.error} onRetry={() => void reminders.refetch()} />
      )}
      {pending ? (
        <Pending />
      ) : due.length === 0 ? (
        !failed && (
          <p className="flex items-center gap-2 px-4 py-6 text-ink-2">
            <CircleCheck className="size-4 text-green" aria-hidden />
            Nothing is due today.
          </p>
        )
      ) : (
        <ul className="divide-y divide-line">{due.slice(0, SHOWN).map(row)}</ul>
      )}
      {!pending && next.length > 0 && (
        <>
          <h3 className="border-y border-line bg-canvas px-4 py-1.5 text-xs font-medium text-ink-3">Coming up</h3>
          <ul className="divide-y divide-line">{next.map(row)}</ul>
        </>
      )}
      {rest > 0 && <p className="border-t border-line px-4 py-2.5 text-xs text-ink-3">{rest} more</p>}
    </Section>
  )
}
