import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { Layers, ListTree, Plus } from 'lucide-react'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { Product } from '@/api/types'
import { requirementList } from '@/api/requirements'
import { PRIORITIES, REQUIREMENT_STATUSES, options } from '@/api/words'
import { useShortcut } from '@/lib/shortcuts'
import { useProductCan } from '@/session/productAccess'
import { ExportButton } from '@/shell/ExportButton'
import { ImportLink } from '@/shell/products/ImportLink'
import { useLoadedProduct } from '@/shell/products/useProduct'
import { useMilestones } from '@/shell/products/useRequirements'
import { useChange } from '@/shell/useChange'
import { Button, buttonClass } from '@/ui/Button'
import { DataTable } from '@/ui/DataTable'
import { Dialog } from '@/ui/Dialog'
import { FilterChips, type Filter } from '@/ui/FilterChips'
import { SearchInput } from '@/ui/SearchInput'
import { EmptyState } from '@/ui/states'
import { RequirementForm } from './RequirementForm'
import type { RequirementsSearch } from './routes'
import { outline } from './tree'
import { useSavedToast } from './useStored'
import { PhoneRow, requirementColumns, type Folding, type Line } from './requirementColumns'

export const Route = createLazyRoute('/shell/products/$productId/requirements')({ component: RequirementsTab })
const route = getRouteApi('/shell/products/$productId/requirements')

/** The outline needs all requirements: up to this many pages are loaded automatically. */
const AHEAD_PAGES = 10

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

function useFolding(): Folding {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  return useMemo(
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
}

const CLEARED = { status: undefined, priority: undefined, milestone: undefined, text: undefined }

function NoneFits({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState icon={ListTree} title="No matching requirements" action={<Button onClick={onClear}>Clear filters</Button>}>
      No requirements match these filters.
    </EmptyState>
  )
}

function NoneYet({ product, action }: { product: Product; action: ReactNode }) {
  return (
    <EmptyState icon={ListTree} title="No requirements yet" action={action}>
      What {product.name} must do, and how to verify it.
    </EmptyState>
  )
}

function RequirementsTab() {
  const product = useLoadedProduct()
  const may = useProductCan(product)
  const mayWrite = may('requirement_write')
  const search = route.useSearch()
  const navigate = useNavigate()
  const showSaved = useSavedToast()
  const folding = useFolding()
  const { list, lines, filters, filtered } = useLines(product.id, search, folding.folded)
  const { data: milestones = [] } = useMilestones(product.id)
  const change = useChange<RequirementsSearch>(['create'])
  const create = () => change({ create: true })
  useShortcut('c', 'New requirement', create, 'This page', mayWrite)
  const table = useMemo(() => requirementColumns(folding, (id) => milestones.find((one) => one.id === id)?.name), [folding, milestones])
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
  const fold = (line: Line, close: boolean) =>
    line.children > 0 && folding.folded.has(line.card.id) !== close && folding.toggle(line.card.id)
  const action = mayWrite && (
    <Button variant="primary" icon={Plus} onClick={create}>
      New<span className="max-md:sr-only"> requirement</span>
    </Button>
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
        <span className="ml-auto flex flex-wrap justify-end gap-2">
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
          empty={filtered ? <NoneFits onClear={() => change(CLEARED)} /> : <NoneYet product={product} action={action} />}
        />
      </div>
      <Dialog open={search.create === true && mayWrite} onClose={() => change({ create: undefined })} title="New requirement" size="large">
        <RequirementForm
          productId={product.id}
          onCancel={() => change({ create: undefined })}
          onDone={(saved) => {
            showSaved(saved)
            change({ create: undefined })
          }}
        />
      </Dialog>
    </div>
  )
}
