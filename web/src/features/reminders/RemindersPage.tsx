import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { AlarmClock } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { keys } from '@/api/keys'
import { reminderListMine } from '@/api/reminders'
import type { MyReminder, ReminderStatus } from '@/api/types'
import { recurrenceWords } from '@/api/recurrence'
import { cx } from '@/lib/cx'
import { useNow } from '@/lib/time'
import { useMe } from '@/session/useMe'
import { ExportButton } from '@/shell/ExportButton'
import { usePageTitle } from '@/lib/title'
import { dueBefore } from '@/shell/reminders/dueBefore'
import { Due, ReminderButtons, Trouble } from '@/shell/reminders/parts'
import { useReminderDialogs, type ReminderActs } from '@/shell/reminders/useReminderDialogs'
import { OPEN, isOpen } from '@/shell/reminders/values'
import { useChange } from '@/shell/useChange'
import { ReminderBadge } from '@/ui/Badge'
import { Button, buttonClass } from '@/ui/Button'
import { DataTable, type Column, type RowAction } from '@/ui/DataTable'
import { FilterChips } from '@/ui/FilterChips'
import { PageHeader } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState } from '@/ui/states'
import { merged, nextCursors, type Cursors } from './merge'
import { WITHIN, type RemindersSearch } from './routes'

export const Route = createLazyRoute('/shell/reminders')({ component: RemindersPage })
const route = getRouteApi('/shell/reminders')

const FILTERS = [{ key: 'due' as const, label: 'Due', options: Object.entries(WITHIN).map(([value, label]) => ({ value, label })) }]

function columns(acts: ReminderActs): Column<MyReminder>[] {
  return [
    { id: 'message', header: 'Reminder', fixed: true, width: 'minmax(200px, 2fr)', className: 'font-medium', cell: (one) => one.message },
    {
      id: 'investor',
      header: 'Investor',
      width: 'minmax(140px, 1fr)',
      cell: (one) => (
        <Link to="/investors/$investorId" params={{ investorId: one.investor_id }} className="text-ink-2 hover:text-accent hover:underline">
          {one.investor_name}
        </Link>
      ),
    },
    {
      id: 'due',
      header: 'Due',
      width: '120px',
      cell: (one) => (
        <RelativeTime at={one.due_at} className={cx(isOpen(one) && Date.parse(one.due_at) < Date.now() ? 'text-amber' : 'text-ink-2')} />
      ),
    },
    {
      id: 'recurrence',
      header: 'Repeats',
      width: '120px',
      className: 'text-ink-2',
      cell: (one) => (one.recurrence ? recurrenceWords(one.recurrence) : ''),
    },
    { id: 'status', header: 'Status', width: '104px', cell: (one) => <ReminderBadge status={one.status} /> },
    { id: 'actions', header: 'Actions', fixed: true, width: '104px', cell: (one) => <ReminderButtons reminder={one} acts={acts} /> },
  ]
}

function PhoneRow({ one, acts }: { one: MyReminder; acts: ReminderActs }) {
  return (
    <span className="flex items-center gap-1">
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{one.message}</span>
        <span className="block truncate text-xs text-ink-3">
          <RelativeTime at={one.due_at} /> · {one.investor_name}
        </span>
      </span>
      {one.status === 'failed' && <ReminderBadge status="failed" />}
      <ReminderButtons reminder={one} acts={acts} />
    </span>
  )
}

function Detail({ one }: { one: MyReminder }) {
  return (
    <div className="flex flex-col items-start gap-2">
      <p className="break-words whitespace-pre-wrap">{one.message}</p>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-3">
        <ReminderBadge status={one.status} />
        <span>
          Due <Due reminder={one} />
        </span>
        {one.sent_at && (
          <span>
            · last sent <RelativeTime at={one.sent_at} />
          </span>
        )}
        <span>· set by {one.created_by_name}</span>
      </p>
      <Trouble reminder={one} />
      <Link to="/investors/$investorId" params={{ investorId: one.investor_id }} className={buttonClass()}>
        Open {one.investor_name}
      </Link>
    </div>
  )
}

function Shown({ show }: { show: RemindersSearch['show'] }) {
  const look =
    'flex h-7 items-center rounded-sm px-2.5 font-medium text-ink-3 hover:text-ink max-md:h-10 max-md:flex-1 max-md:justify-center'
  const on = 'bg-surface !text-ink shadow-[0_1px_2px_#0000001a] dark:bg-raised'
  const choices = [
    [undefined, 'Open'],
    ['done', 'Done'],
    ['cancelled', 'Cancelled'],
  ] as const
  return (
    <nav aria-label="Filter reminders" className="flex rounded-md bg-slate-bg p-0.5 max-md:w-full">
      {choices.map(([value, label]) => (
        <Link
          key={label}
          to="/reminders"
          search={(now) => ({ ...now, show: value, reminder: undefined })}
          replace
          aria-current={show === value ? 'page' : undefined}
          className={cx(look, show === value && on)}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}

/** The API lists one status at a time; several are read in parallel and merged. */
function useMine(statuses: readonly ReminderStatus[], before: string | undefined) {
  const list = useInfiniteQuery({
    queryKey: keys.reminders.mineWith(statuses, before),
    initialPageParam: statuses.map(() => undefined) as Cursors,
    queryFn: ({ pageParam }) =>
      Promise.all(
        statuses.map((status, n) => {
          const cursor = pageParam[n]
          return cursor === null
            ? { items: [], next_cursor: null }
            : reminderListMine({ status, ...(before ? { due_before: before } : {}) }, cursor)
        }),
      ),
    getNextPageParam: nextCursors,
    // Each read of personal data is recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
  })
  const { hasNextPage, isFetching, isError, fetchNextPage } = list
  const rows = useMemo(() => merged(list.data?.pages ?? []), [list.data])
  useEffect(() => {
    // A page may contain no reminder that the caller can still see.
    if (rows.length === 0 && hasNextPage && !isFetching && !isError) void fetchNextPage()
  }, [rows.length, hasNextPage, isFetching, isError, fetchNextPage])
  return { list, rows }
}

function Empty({ search: { show, due }, onClear }: { search: RemindersSearch; onClear: () => void }) {
  if (due) {
    return (
      <EmptyState icon={AlarmClock} title="No reminders due by then" action={<Button onClick={onClear}>Show all</Button>}>
        Later reminders are hidden.
      </EmptyState>
    )
  }
  if (show)
    return (
      <EmptyState icon={AlarmClock} title={`No ${show} reminders`}>
        Your {show} reminders appear here.
      </EmptyState>
    )
  return (
    <EmptyState
      icon={AlarmClock}
      title="No reminders yet"
      action={
        <Link to="/investors" className={buttonClass('primary')}>
          Choose an investor
        </Link>
      }
    >
      Set a reminder on an investor’s page. You’ll get an email when it’s due, and it stays here until it’s done.
    </EmptyState>
  )
}

function RemindersPage() {
  usePageTitle('Reminders')
  const search = route.useSearch()
  const { time_zone: zone } = useMe()
  const before = dueBefore(search.due, useNow(), zone)
  const statuses = useMemo(() => (search.show ? [search.show] : OPEN), [search.show])
  const { list, rows } = useMine(statuses, before)
  const { acts, dialogs } = useReminderDialogs()
  const change = useChange<RemindersSearch>()
  const table = columns(acts)
  const forOpen = (run: (one: MyReminder) => void) => (one: MyReminder) => isOpen(one) && run(one)
  const actions: RowAction<MyReminder>[] = [
    { keys: 'd', label: 'Done', run: forOpen(acts.done) },
    { keys: 's', label: 'Snooze', run: acts.snooze },
    { keys: 'e', label: 'Edit', run: forOpen(acts.edit) },
    { keys: 'x', label: 'Cancel reminder', run: forOpen(acts.cancel) },
    { keys: 'Delete', label: 'Delete', run: acts.remove },
  ]
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title="Reminders"
        actions={
          <ExportButton
            path="/api/exports/reminders"
            filters={{ status: search.show, due_before: before }}
            name="reminders"
            action="investor_export"
          />
        }
      >
        <div className="flex flex-wrap items-center gap-4">
          <Shown show={search.show} />
          <FilterChips filters={FILTERS} values={{ due: search.due }} onChange={(changed) => change(changed as Partial<RemindersSearch>)} />
        </div>
      </PageHeader>
      <div className="min-h-0 flex-1">
        <DataTable
          name="reminders"
          label="Your reminders"
          columns={table}
          rows={rows}
          rowId={(one) => one.id}
          phone={(one) => <PhoneRow one={one} acts={acts} />}
          onOpen={(one) => change({ reminder: search.reminder === one.id ? undefined : one.id })}
          actions={actions}
          openId={search.reminder}
          detail={(one) => (one.id === search.reminder ? <Detail one={one} /> : null)}
          loading={list.isPending || (rows.length === 0 && list.hasNextPage)}
          error={list.error}
          onRetry={() => void list.refetch()}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onLoadMore={() => void list.fetchNextPage()}
          empty={<Empty search={search} onClear={() => change({ due: undefined })} />}
        />
      </div>
      {dialogs}
    </div>
  )
}
