import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { ChevronDown, ChevronRight, Layers, ListTree, Plus } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { RequirementCard } from '@/api/types'
import { requirementList } from '@/api/requirements'
import { PRIORITIES, REQUIREMENT_STATUSES, options } from '@/api/words'
import { cx } from '@/lib/cx'
import { useShortcut } from '@/lib/shortcuts'
import { useProductCan } from '@/session/productAccess'
import { ExportButton } from '@/shell/ExportButton'
import { ImportLink } from '@/shell/products/ImportLink'
import { useLoadedProduct } from '@/shell/products/useProduct'
import { useMilestones } from '@/shell/products/useRequirements'
import { PriorityBadge, RequirementBadge } from '@/ui/Badge'
import { Button, buttonClass } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { Dialog } from '@/ui/Dialog'
import { FilterChips, type Filter } from '@/ui/FilterChips'
import { RelativeTime } from '@/ui/RelativeTime'
import { SearchInput } from '@/ui/SearchInput'
import { EmptyState } from '@/ui/states'
import { RequirementForm } from './RequirementForm'
import type { RequirementsSearch } from './routes'
import { outline, type Row } from './tree'
import { useTellSaved } from './useStored'

export const Route = createLazyRoute('/shell/products/$productId/requirements')({ component: RequirementsTab })
const route = getRouteApi('/shell/products/$productId/requirements')

type Line = Row<RequirementCard>
/** The outline needs all requirements: up to this many pages are loaded automatically. */
const AHEAD_PAGES = 10
const DEEPEST_SHOWN = 8
const INDENTS = ['pl-0', 'pl-5', 'pl-10', 'pl-15', 'pl-20', 'pl-25', 'pl-30', 'pl-35', 'pl-40']
const PHONE_INDENTS = ['pl-0', 'pl-3', 'pl-6', 'pl-9', 'pl-12', 'pl-12', 'pl-12', 'pl-12', 'pl-12']

interface Folding {
  folded: ReadonlySet<string>
  toggle: (id: string) => void
}

function Fold({ line: { card, children }, folding: { folded, toggle } }: { line: Line; folding: Folding }) {
  if (children === 0) return <span className="size-6 shrink-0 max-md:size-9" aria-hidden />
  const open = !folded.has(card.id)
  const Icon = open ? ChevronDown : ChevronRight
  return (
    <button
      type="button"
      aria-label={`${open ? 'Collapse' : 'Expand'} ${card.reference}, ${children} ${children === 1 ? 'child' : 'children'}`}
      aria-expanded={open}
      className="grid size-6 shrink-0 place-items-center rounded-sm text-ink-3 hover:bg-hover hover:text-ink max-md:size-9"
      onClick={() => toggle(card.id)}
    >
      <Icon className="size-4" aria-hidden />
    </button>
  )
}

function Reference({ card }: { card: RequirementCard }) {
  return (
    <Link
      to="/products/$productId/requirements/$requirementId"
      params={{ productId: card.product_id, requirementId: card.id }}
      className="shrink-0 font-mono text-xs text-ink-3 hover:text-accent hover:underline"
    >
      {card.reference}
    </Link>
  )
}

function columns(folding: Folding, milestone: (id: string) => string | undefined): Column<Line>[] {
  return [
    {
      id: 'title',
      header: 'Requirement',
      fixed: true,
      width: 'minmax(300px, 3fr)',
      cell: (line) => (
        <span className={cx('flex min-w-0 items-center gap-1.5', INDENTS[Math.min(line.depth, DEEPEST_SHOWN)])}>
          <Fold line={line} folding={folding} />
          <Reference card={line.card} />
          <span className={cx('truncate', line.depth === 0 && 'font-medium', line.card.status === 'rejected' && 'text-ink-3 line-through')}>
            {line.card.title}
          </span>
        </span>
      ),
    },
    { id: 'status', header: 'Status', width: '120px', cell: ({ card }) => <RequirementBadge status={card.status} /> },
    { id: 'priority', header: 'Priority', width: '108px', cell: ({ card }) => <PriorityBadge priority={card.priority} /> },
    {
      id: 'milestone',
      header: 'Milestone',
      width: 'minmax(110px, 1fr)',
      cell: ({ card }) => <span className="truncate text-ink-2">{card.milestone_id && milestone(card.milestone_id)}</span>,
    },
    { id: 'criteria', header: 'Criteria', width: '72px', align: 'end', optional: true, cell: ({ card }) => card.criteria_count },
    { id: 'links', header: 'Links', width: '64px', align: 'end', optional: true, cell: ({ card }) => card.link_count },
    {
      id: 'external',
      header: 'External ID',
      width: '120px',
      optional: true,
      cell: ({ card }) => <span className="truncate text-ink-2">{card.external_id}</span>,
    },
    { id: 'updated', header: 'Changed', width: '120px', cell: ({ card }) => <RelativeTime at={card.updated_at} className="text-ink-2" /> },
  ]
}

function PhoneRow({ line, folding }: { line: Line; folding: Folding }) {
  const { card, depth } = line
  return (
    <span className={cx('flex items-center gap-1', PHONE_INDENTS[Math.min(depth, DEEPEST_SHOWN)])}>
      <Fold line={line} folding={folding} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{card.title}</span>
        <span className="flex items-center gap-2 text-xs text-ink-3">
          <span className="font-mono">{card.reference}</span>
          {PRIORITIES[card.priority]}
        </span>
      </span>
      <RequirementBadge status={card.status} />
    </span>
  )
}

function useLines(productId: string, search: RequirementsSearch, folded: ReadonlySet<string>) {
  const filters = { status: search.status, priority: search.priority, milestone_id: search.milestone, text: search.text }
  const filtered = Object.values(filters).some((value) => value !== undefined)
  const list = useInfiniteQuery({
    queryKey: keys.requirements.list(productId, filters),
    queryFn: ({ pageParam }) => requirementList(productId, filters, pageParam),
    ...pages,
  })
  const { data, hasNextPage, isFetchingNextPage, isError, fetchNextPage } = list
  const read = data?.pages.length ?? 0
  useEffect(() => {
    if (!filtered && hasNextPage && !isFetchingNextPage && !isError && read > 0 && read < AHEAD_PAGES) void fetchNextPage()
  }, [filtered, hasNextPage, isFetchingNextPage, isError, read, fetchNextPage])
  // Filtered results are a flat list: their parents may not match.
  const lines = useMemo(() => {
    const cards = data?.pages.flatMap((page) => page.items) ?? []
    return filtered ? cards.map((card): Line => ({ card, depth: 0, children: 0 })) : outline(cards, folded)
  }, [data, filtered, folded])
  return { list, lines, filters, filtered }
}

function RequirementsTab() {
  const product = useLoadedProduct()
  const may = useProductCan(product)
  const mayWrite = may('requirement_write')
  const search = route.useSearch()
  const setSearch = route.useNavigate()
  const navigate = useNavigate()
  const told = useTellSaved()
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const { list, lines, filters, filtered } = useLines(product.id, search, folded)
  const { data: milestones = [] } = useMilestones(product.id)
  const change = (changes: Partial<RequirementsSearch>) => void setSearch({ search: (now) => ({ ...now, ...changes }), replace: true })
  const create = () => change({ create: true })
  useShortcut('c', 'New requirement', create, 'This page', mayWrite)
  const folding = useMemo<Folding>(
    () => ({
      folded,
      toggle: (id) =>
        setFolded((now) => {
          const next = new Set(now)
          if (!next.delete(id)) next.add(id)
          return next
        }),
    }),
    [folded],
  )
  const table = useMemo(() => columns(folding, (id) => milestones.find((one) => one.id === id)?.name), [folding, milestones])
  const chips: Filter<'status' | 'priority' | 'milestone'>[] = [
    { key: 'status', label: 'Status', options: options(REQUIREMENT_STATUSES) },
    { key: 'priority', label: 'Priority', options: options(PRIORITIES) },
    {
      key: 'milestone',
      label: 'Milestone',
      options: [{ value: 'none', label: 'None' }, ...milestones.map(({ id, name }) => ({ value: id, label: name }))],
    },
  ]
  const open = ({ card }: Line) =>
    void navigate({ to: '/products/$productId/requirements/$requirementId', params: { productId: product.id, requirementId: card.id } })
  const fold = (line: Line, close: boolean) => line.children > 0 && folded.has(line.card.id) !== close && folding.toggle(line.card.id)
  const action = mayWrite && (
    <Button variant="primary" icon={Plus} onClick={create}>
      New<span className="max-md:sr-only"> requirement</span>
    </Button>
  )
  const empty = filtered ? (
    <EmptyState
      icon={ListTree}
      title="No matching requirements"
      action={
        <Button onClick={() => change({ status: undefined, priority: undefined, milestone: undefined, text: undefined })}>
          Clear filters
        </Button>
      }
    >
      No requirements match these filters.
    </EmptyState>
  ) : (
    <EmptyState icon={ListTree} title="No requirements yet" action={action}>
      What {product.name} must do, and how to verify it.
    </EmptyState>
  )
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2 md:px-6">
        <SearchInput
          label="Find requirements"
          value={search.text ?? ''}
          onChange={(text) => change({ text: text || undefined })}
          className="w-60 max-md:w-full"
        />
        <FilterChips filters={chips} values={search} onChange={(changes) => change(changes as Partial<RequirementsSearch>)} />
        <span className="ml-auto flex gap-2">
          <ExportButton
            path={`/api/exports/products/${product.id}/requirements`}
            filters={filters}
            name="requirements"
            action="product_export"
          />
          <ImportLink product={product} kind="requirements" />
          <Link to="/products/$productId/requirements/baselines" params={{ productId: product.id }} className={buttonClass()}>
            <Layers className="size-4" aria-hidden />
            Baselines
          </Link>
          {action}
        </span>
      </div>
      <div className="min-h-0 flex-1">
        <DataTable
          name="requirements"
          label="Requirements"
          columns={table}
          rows={lines}
          rowId={({ card }) => card.id}
          phone={(line) => <PhoneRow line={line} folding={folding} />}
          onOpen={open}
          actions={[
            { keys: 'ArrowRight', label: 'Expand', run: (line) => void fold(line, false) },
            { keys: 'ArrowLeft', label: 'Collapse', run: (line) => void fold(line, true) },
          ]}
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onLoadMore={() => void list.fetchNextPage()}
          empty={empty}
        />
      </div>
      <Dialog open={search.create === true && mayWrite} onClose={() => change({ create: undefined })} title="New requirement" size="large">
        <RequirementForm
          productId={product.id}
          onCancel={() => change({ create: undefined })}
          onDone={(saved) => {
            told(saved)
            change({ create: undefined })
          }}
        />
      </Dialog>
    </div>
  )
}
