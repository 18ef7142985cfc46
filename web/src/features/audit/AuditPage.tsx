import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { ChevronDown, ChevronRight, ListFilter, ScrollText, X } from 'lucide-react'
import { useState } from 'react'
import { auditList } from '@/api/audit'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { AuditRecord } from '@/api/types'
import { useShortcut } from '@/lib/shortcuts'
import { formatDate } from '@/lib/day'
import { useTimeZone } from '@/lib/time'
import { useUsers } from '@/session/useUsers'
import { ExportButton } from '@/shell/ExportButton'
import { usePageTitle } from '@/lib/title'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { Dialog } from '@/ui/Dialog'
import { PageHeader } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState } from '@/ui/states'
import { Verify } from '@/ui/Verify'
import { AuditFilter } from './AuditFilter'
import { momentsOf } from './range'
import { RecordDetail } from './RecordDetail'
import type { AuditSearch } from './routes'
import { actionTone, actionWords, entityWord, shortId, valueText } from './words'

export const Route = createLazyRoute('/shell/audit')({ component: AuditPage })
const route = getRouteApi('/shell/audit')

const NONE: AuditSearch = { entity_type: undefined, entity_id: undefined, actor_id: undefined, from: undefined, to: undefined }

/** Resolves the names of users from the user list, and of anything else from the newest record that carries its name. */
function useEntityName(records: readonly AuditRecord[]) {
  const { users } = useUsers()
  const names = new Map(users.map((user) => [user.id, user.name]))
  for (const { entity_id: id, changes } of records) {
    const nameChange = changes.find(({ field }) => field === 'name' || field === 'file_name' || field === 'summary')
    const name = valueText(nameChange?.after) ?? valueText(nameChange?.before)
    if (name && !names.has(id)) names.set(id, name)
  }
  return { nameOf: (id: string) => names.get(id), entityName: (id: string) => names.get(id) ?? shortId(id) }
}

type EntityName = ReturnType<typeof useEntityName>['entityName']

/** The active filters, each removable. */
function Chips({ search, entityName, onChange }: { search: AuditSearch; entityName: EntityName; onChange: (search: AuditSearch) => void }) {
  const days =
    search.from === search.to && search.from
      ? formatDate(search.from)
      : [search.from && `from ${formatDate(search.from)}`, search.to && `to ${formatDate(search.to)}`].filter(Boolean).join(' ')
  const chips = [
    search.actor_id && { label: 'By', word: entityName(search.actor_id), without: { actor_id: undefined } },
    search.entity_type &&
      search.entity_id && {
        label: entityWord(search.entity_type),
        word: entityName(search.entity_id),
        without: { entity_type: undefined, entity_id: undefined },
      },
    days && { label: 'On', word: days, without: { from: undefined, to: undefined } },
  ].filter((chip) => typeof chip === 'object')
  return chips.map(({ label, word, without }) => (
    <span key={label} className="inline-flex h-7 items-center gap-1 rounded-md border border-line bg-surface pl-2 text-xs max-md:h-11">
      <span className="text-ink-3">{label}</span>
      <span className="font-medium">{word}</span>
      <button
        type="button"
        aria-label={`Remove filter ${label} ${word}`}
        className="grid h-full w-6 place-items-center rounded-r-md text-ink-3 hover:bg-hover hover:text-ink max-md:w-11"
        onClick={() => onChange({ ...search, ...without })}
      >
        <X className="size-3" aria-hidden />
      </button>
    </span>
  ))
}

function columns(
  entityName: EntityName,
  unfolded: ReadonlySet<string>,
  narrow: (search: Partial<AuditSearch>) => void,
): Column<AuditRecord>[] {
  const quiet = 'max-w-full truncate rounded-sm text-left hover:text-accent hover:underline'
  return [
    {
      id: 'at',
      header: 'When',
      fixed: true,
      width: '150px',
      cell: (record) => (
        <span className="flex items-center gap-2 text-ink-2">
          {unfolded.has(record.id) ? (
            <ChevronDown className="size-4 shrink-0 text-ink-3" aria-hidden />
          ) : (
            <ChevronRight className="size-4 shrink-0 text-ink-3" aria-hidden />
          )}
          <RelativeTime at={record.at} className="truncate" />
        </span>
      ),
    },
    {
      id: 'actor',
      header: 'Who',
      width: 'minmax(140px, 1fr)',
      cell: ({ actor_id: actor, actor_name: name }) =>
        actor ? (
          <button
            type="button"
            className={`${quiet} font-medium`}
            title={`Show only actions by ${name}`}
            onClick={() => narrow({ actor_id: actor })}
          >
            {name}
          </button>
        ) : (
          <span className="text-ink-3">{name || 'Unknown'}</span>
        ),
    },
    {
      id: 'action',
      header: 'Action',
      fixed: true,
      width: 'minmax(180px, 1.4fr)',
      cell: ({ action }) => <Badge tone={actionTone(action)}>{actionWords(action)}</Badge>,
    },
    {
      id: 'entity',
      header: 'Entity',
      width: 'minmax(160px, 1.2fr)',
      cell: ({ entity_type: type, entity_id: id }) => (
        <button
          type="button"
          className={quiet}
          title="Show only records of this entity"
          onClick={() => narrow({ entity_type: type as AuditSearch['entity_type'], entity_id: id })}
        >
          <span className="text-ink-3">{entityWord(type)}</span> {entityName(id)}
        </button>
      ),
    },
    {
      id: 'fields',
      header: 'Fields',
      width: 'minmax(120px, 1.4fr)',
      cell: ({ changes }) => <span className="text-ink-2">{changes.map(({ field }) => field.replaceAll('_', ' ')).join(', ')}</span>,
    },
    { id: 'ip', header: 'IP address', width: '120px', optional: true, cell: ({ ip }) => <span className="tabular text-ink-2">{ip}</span> },
  ]
}

function PhoneRow({ record, entityName }: { record: AuditRecord; entityName: EntityName }) {
  return (
    <>
      <span className="flex items-center justify-between gap-2">
        <Badge tone={actionTone(record.action)}>{actionWords(record.action)}</Badge>
        <RelativeTime at={record.at} className="text-xs text-ink-3" />
      </span>
      <span className="mt-1 truncate text-ink-2">
        {record.actor_name || 'Unknown'}{' '}
        <span className="text-ink-3">
          · {entityWord(record.entity_type)} {entityName(record.entity_id)}
        </span>
      </span>
    </>
  )
}

function useRecords(search: AuditSearch) {
  const zone = useTimeZone()
  const filters = {
    ...(search.entity_type && search.entity_id ? { entity_type: search.entity_type, entity_id: search.entity_id } : {}),
    ...(search.actor_id ? { actor_id: search.actor_id } : {}),
    ...momentsOf(search.from, search.to, zone),
  }
  const list = useInfiniteQuery({
    queryKey: keys.audit.list(filters),
    queryFn: ({ pageParam }) => auditList(filters, pageParam),
    ...pages,
    // Reading an entity's history is itself recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  return { list, filters }
}

function AuditPage() {
  usePageTitle('Audit')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [asking, setAsking] = useState(false)
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set())
  const { list, filters } = useRecords(search)
  const records = list.data?.pages.flatMap((page) => page.items) ?? []
  const { nameOf, entityName } = useEntityName(records)
  const change = (next: AuditSearch) => {
    setAsking(false)
    setUnfolded(new Set())
    void navigate({ search: { ...NONE, ...next } })
  }
  const toggle = ({ id }: AuditRecord) =>
    setUnfolded((now) => (now.has(id) ? new Set([...now].filter((one) => one !== id)) : new Set([...now, id])))
  useShortcut('f', 'Search the audit trail', () => setAsking(true))
  const narrowed = Object.values(search).some((value) => value !== undefined)
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title="Audit"
        meta={<span className="max-md:hidden">Who did what, and when</span>}
        actions={<ExportButton path="/api/exports/audit" filters={filters} name="audit" action="audit_export" />}
      >
        <div className="flex flex-wrap items-center gap-1.5">
          <Button variant="quiet" icon={ListFilter} className="-ml-3 max-md:-ml-4" onClick={() => setAsking(true)}>
            Search
          </Button>
          <Chips search={search} entityName={entityName} onChange={change} />
        </div>
        {search.entity_type && search.entity_id && search.entity_type !== 'login' && (
          <div className="pt-1 pb-1">
            <Verify
              key={search.entity_id}
              entityType={search.entity_type}
              entityId={search.entity_id}
              what={entityWord(search.entity_type).toLowerCase()}
            />
          </div>
        )}
      </PageHeader>
      <div className="min-h-0 flex-1">
        <DataTable
          name="audit"
          label="Audit records, newest first"
          columns={columns(entityName, unfolded, (more) => change({ ...search, ...more }))}
          rows={records}
          rowId={(record) => record.id}
          phone={(record) => <PhoneRow record={record} entityName={entityName} />}
          onOpen={toggle}
          detail={(record) =>
            unfolded.has(record.id) ? <RecordDetail record={record} nameOf={nameOf} verifiable={!search.entity_id} /> : null
          }
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onLoadMore={() => void list.fetchNextPage()}
          empty={
            <EmptyState
              icon={ScrollText}
              title="No records found"
              action={narrowed ? <Button onClick={() => change({})}>Search everything</Button> : undefined}
            >
              {narrowed ? 'No records match this search.' : 'Every change, sign-in, refusal and read of personal data is recorded here.'}
            </EmptyState>
          }
        />
      </div>
      <Dialog open={asking} onClose={() => setAsking(false)} title="Search the audit trail">
        <AuditFilter search={search} onChange={change} />
      </Dialog>
    </div>
  )
}
