import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { Plus, Upload, Wallet } from 'lucide-react'
import { useMemo } from 'react'
import { pages } from '@/api/client'
import { investorList } from '@/api/investors'
import { keys } from '@/api/keys'
import type { InvestorCard } from '@/api/types'
import { INVESTOR_KINDS, INVESTOR_STATUSES, TIERS, options } from '@/api/words'
import { countryName } from '@/lib/countries'
import { useShortcut } from '@/lib/shortcuts'
import { useCan, useMe } from '@/session/useMe'
import { managesInvestors, useUsers } from '@/session/useUsers'
import { ExportButton } from '@/shell/ExportButton'
import { usePageTitle } from '@/lib/title'
import { useChange } from '@/shell/useChange'
import { Badge, StatusBadge, TierBadge } from '@/ui/Badge'
import { Button, buttonClass } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { Dialog } from '@/ui/Dialog'
import { FilterChips, type Filter } from '@/ui/FilterChips'
import { PageHeader } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { InvestorForm } from './InvestorForm'
import { InvestorPanel } from './InvestorPanel'
import type { InvestorsSearch } from './routes'

export const Route = createLazyRoute('/shell/investors')({ component: InvestorsPage })
const route = getRouteApi('/shell/investors')

type FilterKey = 'tier' | 'status' | 'manager' | 'tag' | 'deleted'

const SHOWN_TAGS = 2

function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <span className="flex min-w-0 gap-1">
      {tags.slice(0, SHOWN_TAGS).map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {tags.length > SHOWN_TAGS && <span className="text-xs text-ink-3">+{tags.length - SHOWN_TAGS}</span>}
    </span>
  )
}

function columns(nameOf: (id: string) => string | undefined): Column<InvestorCard>[] {
  return [
    { id: 'name', header: 'Name', fixed: true, width: 'minmax(220px, 2fr)', className: 'font-medium', cell: (one) => one.name },
    { id: 'tier', header: 'Tier', width: '112px', cell: (one) => <TierBadge tier={one.tier} /> },
    { id: 'status', header: 'Status', width: '104px', cell: (one) => <StatusBadge status={one.deleted_at ? 'deleted' : one.status} /> },
    { id: 'kind', header: 'Kind', width: '120px', className: 'text-ink-2', cell: (one) => INVESTOR_KINDS[one.kind] },
    {
      id: 'manager',
      header: 'Manager',
      width: 'minmax(120px, 1fr)',
      className: 'text-ink-2',
      cell: (one) => (one.relationship_manager_id ? nameOf(one.relationship_manager_id) : ''),
    },
    { id: 'tags', header: 'Tags', width: 'minmax(140px, 1.2fr)', cell: (one) => <Tags tags={one.tags} /> },
    {
      id: 'country',
      header: 'Country',
      width: '130px',
      optional: true,
      className: 'text-ink-2',
      cell: (one) => (one.country ? countryName(one.country) : ''),
    },
    { id: 'key', header: 'External key', width: '120px', optional: true, className: 'tabular text-ink-2', cell: (one) => one.external_key },
    {
      id: 'updated',
      header: 'Changed',
      width: '168px',
      cell: (one) => <RelativeTime at={one.updated_at} className="truncate text-ink-2" />,
    },
  ]
}

function PhoneRow({ one }: { one: InvestorCard }) {
  return (
    <span className="flex items-center gap-3">
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{one.name}</span>
        <span className="block truncate text-xs text-ink-3">{[INVESTOR_KINDS[one.kind], ...one.tags].join(' · ')}</span>
      </span>
      {one.status !== 'active' && !one.deleted_at && <StatusBadge status={one.status} />}
      {one.deleted_at && <StatusBadge status="deleted" />}
      <TierBadge tier={one.tier} />
    </span>
  )
}

/** The filters available to the caller; users who see only their own investors get no manager filter. */
function useFilters(tag: string | undefined, investors: readonly InvestorCard[]): Filter<FilterKey>[] {
  const { users } = useUsers()
  const seesAll = useMe().roles.some((role) => role === 'admin' || role === 'analyst')
  return useMemo(() => {
    const managers = users.filter(managesInvestors).map((user) => ({ value: user.id, label: user.name }))
    // The API has no list of tags: offers those of the loaded rows, and always the selected one.
    const tags = [...new Set([...(tag ? [tag] : []), ...investors.flatMap((one) => one.tags)])].sort((a, b) => a.localeCompare(b))
    return [
      { key: 'tier', label: 'Tier', options: options(TIERS) },
      { key: 'status', label: 'Status', options: options(INVESTOR_STATUSES) },
      ...(seesAll ? [{ key: 'manager' as const, label: 'Manager', options: managers }] : []),
      ...(tags.length > 0 ? [{ key: 'tag' as const, label: 'Tag', options: tags.map((one) => ({ value: one, label: one })) }] : []),
      { key: 'deleted', label: 'Show', options: [{ value: 'true', label: 'Deleted' }] },
    ]
  }, [users, seesAll, tag, investors])
}

function filtersOf({ tier, status, manager, tag, deleted }: InvestorsSearch) {
  return { tier, status, relationship_manager_id: manager, tag, deleted }
}

function useInvestors(search: InvestorsSearch) {
  const filters = filtersOf(search)
  return useInfiniteQuery({
    queryKey: keys.investors.list(filters),
    queryFn: ({ pageParam }) => investorList(filters, pageParam),
    ...pages,
  })
}

function Empty({ filtered, onClear, onCreate }: { filtered: boolean; onClear: () => void; onCreate: (() => void) | undefined }) {
  const mayImport = useCan('import_run')
  if (filtered) {
    return (
      <EmptyState icon={Wallet} title="No matching investors" action={<Button onClick={onClear}>Clear filters</Button>}>
        No investors match these filters.
      </EmptyState>
    )
  }
  const actions = (
    <span className="flex gap-2">
      {mayImport && (
        <Link to="/imports/new" className={buttonClass('primary')}>
          <Upload className="size-4" aria-hidden />
          Import a list
        </Link>
      )}
      {onCreate && (
        <Button icon={Plus} onClick={onCreate}>
          New investor
        </Button>
      )}
    </span>
  )
  return (
    <EmptyState icon={Wallet} title="No investors yet" action={actions}>
      Keep track of investors and prospects: activities, changes and next steps.
    </EmptyState>
  )
}

function InvestorsPage() {
  usePageTitle('Investors')
  const search = route.useSearch()
  const navigate = useNavigate()
  const { users } = useUsers()
  const mayCreate = useCan('investor_create')
  const list = useInvestors(search)
  const investors = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const filters = useFilters(search.tag, investors)
  const change = useChange<InvestorsSearch>(['investor', 'create'])
  const create = () => change({ create: true, investor: undefined })
  useShortcut('c', 'New investor', create, 'This page', mayCreate)
  const table = useMemo(() => columns((id) => users.find((user) => user.id === id)?.name), [users])
  const cleared = { tier: undefined, status: undefined, manager: undefined, tag: undefined, deleted: undefined }
  const filtered = Boolean(search.tier ?? search.status ?? search.manager ?? search.tag ?? search.deleted)
  const shown = { ...search, deleted: search.deleted ? 'true' : undefined }
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title="Investors"
        actions={
          <>
            <ExportButton path="/api/exports/investors" filters={filtersOf(search)} name="investors" action="investor_export" />
            {mayCreate && (
              <Button variant="primary" icon={Plus} onClick={create}>
                New investor
              </Button>
            )}
          </>
        }
      >
        <FilterChips
          filters={filters}
          values={shown}
          onChange={(changed) =>
            change({
              ...changed,
              ...('deleted' in changed ? { deleted: changed.deleted ? true : undefined } : {}),
            } as Partial<InvestorsSearch>)
          }
        />
      </PageHeader>
      <div className="min-h-0 flex-1">
        <DataTable
          name="investors"
          label="Investors"
          columns={table}
          rows={investors}
          rowId={(one) => one.id}
          plain
          phone={(one) => <PhoneRow one={one} />}
          onOpen={(one) => change({ investor: one.id })}
          openId={search.investor}
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onLoadMore={() => void list.fetchNextPage()}
          empty={<Empty filtered={filtered} onClear={() => change(cleared)} onCreate={mayCreate ? create : undefined} />}
        />
      </div>
      <Dialog open={search.create === true} onClose={() => change({ create: undefined })} title="New investor" size="large">
        <InvestorForm
          onCancel={() => change({ create: undefined })}
          onDone={(investor) => {
            toast.done(`${investor.name} created`)
            // In place of the dialog: Back then leads to the list.
            void navigate({ to: '/investors/$investorId', params: { investorId: investor.id }, replace: true })
          }}
        />
      </Dialog>
      <InvestorPanel investorId={search.investor} onClose={() => change({ investor: undefined })} />
    </div>
  )
}
