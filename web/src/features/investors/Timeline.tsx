import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  AlarmClock,
  CalendarClock,
  FileText,
  Mail,
  MessagesSquare,
  Megaphone,
  Pencil,
  Phone,
  PencilLine,
  Trash2,
  type LucideIcon,
} from 'lucide-react'
import { useState } from 'react'
import { activityDelete } from '@/api/activities'
import { pages } from '@/api/client'
import { timelineList } from '@/api/investors'
import { keys } from '@/api/keys'
import type { Activity, ActivityKind, Reminder, TimelineEntry } from '@/api/types'
import { ACTIVITY_KINDS } from '@/api/words'
import { formatDate } from '@/lib/day'
import { useUsers } from '@/session/useUsers'
import { Due, Trouble } from '@/shell/reminders/parts'
import { ExportButton } from '@/shell/ExportButton'
import { ReminderBadge } from '@/ui/Badge'
import { Button, IconButton } from '@/ui/Button'
import { LoadMore } from '@/ui/LoadMore'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { confirmed } from '@/ui/Ask'
import { toast } from '@/ui/Toast'
import { ActivityForm } from './ActivityForm'
import { changeSentence, fieldName, shownFields, valueWords } from './changeWords'
import type { InvestorSearch } from './routes'
import { CashFlowRow, DocumentRow, InvestmentRow } from './TimelineRows'

type Kind = InvestorSearch['kind']

const KINDS: readonly { value: Kind; label: string }[] = [
  { value: undefined, label: 'All' },
  { value: 'activity', label: 'Activities' },
  { value: 'investment', label: 'Investments' },
  { value: 'document', label: 'Documents' },
  { value: 'reminder', label: 'Reminders' },
  { value: 'change', label: 'Changes' },
]

const ICONS: Record<ActivityKind, LucideIcon> = { email: Mail, call: Phone, meeting: MessagesSquare, note: FileText, update: Megaphone }

function useRemoveActivity(investorId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (activity: Activity) => activityDelete(activity),
    onSuccess: () => toast.done('Deleted'),
    onError: (error) => toast.error('Couldn’t delete the activity', error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.investors.timelines(investorId) }),
  })
}

function ActivityCard({ activity, mayWrite }: { activity: Activity; mayWrite: boolean }) {
  const [editing, setEditing] = useState(false)
  const { mutate: remove } = useRemoveActivity(activity.investor_id)
  const Icon = ICONS[activity.kind]
  const ask = async () => {
    if (await confirmed('Delete this activity?', `“${activity.summary}” is deleted for everyone. This can’t be undone.`)) remove(activity)
  }
  if (editing) return <ActivityForm investorId={activity.investor_id} activity={activity} onDone={() => setEditing(false)} />
  return (
    <article className="group rounded-lg border border-line bg-raised px-4 py-3">
      <header className="flex items-start gap-2">
        <Icon className="mt-0.5 size-4 shrink-0 text-accent" aria-hidden />
        <div className="min-w-0 flex-1">
          <h3 className="font-medium break-words">{activity.summary}</h3>
          <p className="text-xs text-ink-3">
            {ACTIVITY_KINDS[activity.kind]} · <RelativeTime at={activity.occurred_at} /> · {activity.created_by_name}
          </p>
        </div>
        {mayWrite && (
          <span className="flex">
            <IconButton icon={Pencil} label={`Edit ${activity.summary}`} onClick={() => setEditing(true)} />
            <IconButton icon={Trash2} label={`Delete ${activity.summary}`} onClick={() => void ask()} />
          </span>
        )}
      </header>
      {activity.details && <p className="mt-2 break-words whitespace-pre-wrap text-ink-2">{activity.details}</p>}
      {activity.participants.length > 0 && <p className="mt-2 text-xs text-ink-3">With {activity.participants.join(', ')}</p>}
      {activity.follow_up_on && (
        <p className="mt-2 inline-flex items-center gap-1.5 text-xs text-amber">
          <CalendarClock className="size-3.5" aria-hidden />
          Follow up on {formatDate(activity.follow_up_on)}
        </p>
      )}
    </article>
  )
}

function ReminderRow({ reminder }: { reminder: Reminder }) {
  return (
    <article className="flex items-start gap-2 px-4 py-1 text-ink-2">
      <AlarmClock className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
      <div className="min-w-0">
        <p>
          <span className="font-medium text-ink">{reminder.created_by_name}</span> set a reminder{' '}
          <RelativeTime at={reminder.created_at} className="text-xs text-ink-3" />
        </p>
        <p className="break-words whitespace-pre-wrap">{reminder.message}</p>
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-3">
          <ReminderBadge status={reminder.status} />
          <span>
            Due <Due reminder={reminder} />
          </span>
        </p>
        <Trouble reminder={reminder} />
      </div>
    </article>
  )
}

function Entry({ entry, mayWrite }: { entry: TimelineEntry; mayWrite: boolean }) {
  if (entry.activity) return <ActivityCard activity={entry.activity} mayWrite={mayWrite} />
  if (entry.reminder) return <ReminderRow reminder={entry.reminder} />
  if (entry.document) return <DocumentRow document={entry.document} />
  if (entry.investment) return <InvestmentRow investment={entry.investment} />
  return entry.cash_flow ? <CashFlowRow flow={entry.cash_flow} name={entry.investment_name} /> : <ChangeRow entry={entry} />
}

function ChangeRow({ entry }: { entry: TimelineEntry }) {
  const { users } = useUsers()
  const { change } = entry
  if (!change) return null
  const nameOf = (id: string) => users.find((user) => user.id === id)?.name
  return (
    <div className="flex items-start gap-2 px-4 py-1 text-ink-2">
      <PencilLine className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
      <div className="min-w-0">
        <p>
          <span className="font-medium text-ink">{change.actor_name}</span> {changeSentence(change)}{' '}
          <RelativeTime at={entry.at} className="text-xs text-ink-3" />
        </p>
        <ul className="text-xs text-ink-3">
          {shownFields(change).map(({ field, before, after }) => (
            <li key={field} className="break-words">
              {fieldName(field)}: <del>{valueWords(field, before, nameOf) ?? 'empty'}</del> →{' '}
              <ins className="text-ink-2 no-underline">{valueWords(field, after, nameOf) ?? 'empty'}</ins>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

/** The full list of each kind, which exports more columns than the timeline. */
const LISTS: Partial<Record<NonNullable<Kind>, string>> = {
  activity: 'activities',
  investment: 'investments',
  document: 'documents',
  reminder: 'reminders',
}

function Export({ investorId, kind }: { investorId: string; kind: Kind }) {
  const list = kind && LISTS[kind]
  const own = list ?? 'timeline'
  return (
    <ExportButton
      path={`/api/exports/investors/${investorId}/${own}`}
      filters={list ? {} : { kind }}
      name={own}
      action={kind === 'document' ? 'document_export' : 'investor_export'}
    />
  )
}

/** Everything that happened with an investor, newest first. */
export function Timeline({
  investorId,
  kind,
  onKind,
  mayWrite,
}: {
  investorId: string
  kind: Kind
  onKind: (kind: Kind) => void
  mayWrite: boolean
}) {
  const filters = kind ? { kind } : {}
  const list = useInfiniteQuery({
    queryKey: keys.investors.timeline(investorId, filters),
    queryFn: ({ pageParam }) => timelineList(investorId, filters, pageParam),
    ...pages,
    // Each read of personal data is recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
  })
  const entries = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section aria-label="Timeline" className="flex flex-col gap-3">
      <h2 className="sr-only">Timeline</h2>
      <div className="flex flex-wrap items-start gap-2">
        <div role="group" aria-label="Show" className="flex min-w-0 flex-1 flex-wrap gap-1">
          {KINDS.map(({ value, label }) => (
            <Button
              key={label}
              variant={kind === value ? 'secondary' : 'quiet'}
              aria-pressed={kind === value}
              onClick={() => onKind(value)}
            >
              {label}
            </Button>
          ))}
        </div>
        {entries.length > 0 && <Export investorId={investorId} kind={kind} />}
      </div>
      {list.isPending ? (
        <SkeletonLines lines={8} />
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : entries.length === 0 ? (
        <EmptyState icon={MessagesSquare} title="No entries yet">
          Log a call, a meeting or a note, and it appears here.
        </EmptyState>
      ) : (
        <ol className="flex flex-col gap-2">
          {entries.map((entry) => (
            <li key={entry.id}>
              <Entry entry={entry} mayWrite={mayWrite} />
            </li>
          ))}
        </ol>
      )}
      <LoadMore hasMore={list.hasNextPage} loading={list.isFetchingNextPage} onLoad={() => void list.fetchNextPage()} />
    </section>
  )
}
