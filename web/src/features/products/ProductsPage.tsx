import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { Package, Plus } from 'lucide-react'
import { useMemo } from 'react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import { productList } from '@/api/products'
import type { ProductCard } from '@/api/types'
import { PRODUCT_STATUSES, options } from '@/api/words'
import { useShortcut } from '@/lib/shortcuts'
import { useCan, useMe } from '@/session/useMe'
import { managesProducts, useUsers } from '@/session/useUsers'
import { ExportButton } from '@/shell/ExportButton'
import { usePageTitle } from '@/lib/title'
import { useChange } from '@/shell/useChange'
import { Avatar } from '@/ui/Avatar'
import { ProductBadge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { Dialog } from '@/ui/Dialog'
import { FilterChips, type Filter } from '@/ui/FilterChips'
import { PageHeader } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { ProductCreateForm } from './ProductCreateForm'
import type { ProductsSearch } from './routes'

export const Route = createLazyRoute('/shell/products')({ component: ProductsPage })
const route = getRouteApi('/shell/products')

type NameOf = (id: string) => string | undefined
const SHOWN_PEOPLE = 4

function Team({ ids, nameOf }: { ids: readonly string[]; nameOf: NameOf }) {
  if (ids.length === 0) return <span className="text-ink-3">None</span>
  const names = ids.map(nameOf).filter((name) => name !== undefined)
  const size = `${ids.length} ${ids.length === 1 ? 'member' : 'members'}`
  if (names.length === 0) return <span className="text-ink-2">{size}</span>
  return (
    <span className="flex items-center gap-2" title={names.join(', ')}>
      <span className="flex -space-x-1.5">
        {names.slice(0, SHOWN_PEOPLE).map((name) => (
          <span key={name} className="flex rounded-full border-2 border-surface">
            <Avatar name={name} size="small" />
          </span>
        ))}
      </span>
      <span className="text-xs text-ink-3">{size}</span>
    </span>
  )
}

const statusOf = (one: ProductCard) => (one.deleted_at ? 'deleted' : one.status)

/** Users who may not list users can only resolve their own name. */
function columns(nameOf: NameOf, named: boolean): Column<ProductCard>[] {
  return [
    { id: 'key', header: 'Key', fixed: true, width: '104px', className: 'font-mono text-xs text-ink-2', cell: (one) => one.key },
    { id: 'name', header: 'Name', fixed: true, width: 'minmax(200px, 2fr)', className: 'font-medium', cell: (one) => one.name },
    { id: 'status', header: 'Status', width: '136px', cell: (one) => <ProductBadge status={statusOf(one)} /> },
    ...(named
      ? [
          {
            id: 'owner',
            header: 'Owner',
            width: 'minmax(120px, 1fr)',
            className: 'text-ink-2',
            cell: (one: ProductCard) => nameOf(one.owner_id),
          },
        ]
      : []),
    { id: 'team', header: 'Team', width: 'minmax(160px, 1fr)', cell: (one) => <Team ids={one.member_ids} nameOf={nameOf} /> },
    {
      id: 'updated',
      header: 'Changed',
      width: '168px',
      cell: (one) => <RelativeTime at={one.updated_at} className="truncate text-ink-2" />,
    },
  ]
}

function PhoneRow({ one, owner }: { one: ProductCard; owner: string | undefined }) {
  return (
    <span className="flex items-center gap-3">
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{one.name}</span>
        <span className="block truncate text-xs text-ink-3">
          <span className="font-mono">{one.key}</span>
          {owner && ` · ${owner}`}
        </span>
      </span>
      <ProductBadge status={statusOf(one)} />
    </span>
  )
}

function Empty({ filtered, onClear, onCreate }: { filtered: boolean; onClear: () => void; onCreate: (() => void) | undefined }) {
  if (filtered) {
    return (
      <EmptyState icon={Package} title="No matching products" action={<Button onClick={onClear}>Clear filters</Button>}>
        No products match this status and owner.
      </EmptyState>
    )
  }
  const action = onCreate && (
    <Button variant="primary" icon={Plus} onClick={onCreate}>
      New product
    </Button>
  )
  return (
    <EmptyState icon={Package} title="No products yet" action={action}>
      {onCreate
        ? 'Manage requirements, tasks and milestones of what your company builds.'
        : 'Products appear here once someone adds you to their team.'}
    </EmptyState>
  )
}

function ProductsPage() {
  usePageTitle('Products')
  const search = route.useSearch()
  const navigate = useNavigate()
  const me = useMe()
  const named = useCan('user_list')
  const mayCreate = useCan('product_create')
  const { users } = useUsers()
  const filters = { status: search.status, owner_id: search.owner }
  const list = useInfiniteQuery({
    queryKey: keys.products.list(filters),
    queryFn: ({ pageParam }) => productList(filters, pageParam),
    ...pages,
  })
  const products = list.data?.pages.flatMap((page) => page.items) ?? []
  const change = useChange<ProductsSearch>(['create'])
  const create = () => change({ create: true })
  useShortcut('c', 'New product', create, 'This page', mayCreate)
  const nameOf = useMemo(() => {
    const names = new Map([[me.id, me.name], ...users.map((user) => [user.id, user.name] as const)])
    return (id: string) => names.get(id)
  }, [users, me])
  const table = useMemo(() => columns(nameOf, named), [nameOf, named])
  const chips: Filter<'status' | 'owner'>[] = [
    { key: 'status', label: 'Status', options: options(PRODUCT_STATUSES) },
    ...(named
      ? [
          {
            key: 'owner' as const,
            label: 'Owner',
            options: users.filter(managesProducts).map((user) => ({ value: user.id, label: user.name })),
          },
        ]
      : []),
  ]
  const filtered = search.status !== undefined || search.owner !== undefined
  const open = (productId: string, replace = false) => void navigate({ to: '/products/$productId', params: { productId }, replace })
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title="Products"
        actions={
          <>
            <ExportButton
              path="/api/exports/products"
              filters={{ status: search.status, owner_id: search.owner }}
              name="products"
              action="product_export"
            />
            {mayCreate && (
              <Button variant="primary" icon={Plus} onClick={create}>
                New product
              </Button>
            )}
          </>
        }
      >
        <FilterChips filters={chips} values={search} onChange={(changes) => change(changes as Partial<ProductsSearch>)} />
      </PageHeader>
      <div className="min-h-0 flex-1">
        <DataTable
          name="products"
          label="Products"
          columns={table}
          rows={products}
          rowId={(one) => one.id}
          phone={(one) => <PhoneRow one={one} owner={nameOf(one.owner_id)} />}
          onOpen={(one) => open(one.id)}
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onLoadMore={() => void list.fetchNextPage()}
          empty={
            <Empty
              filtered={filtered}
              onClear={() => change({ status: undefined, owner: undefined })}
              onCreate={mayCreate ? create : undefined}
            />
          }
        />
      </div>
      <Dialog open={search.create === true && mayCreate} onClose={() => change({ create: undefined })} title="New product" size="large">
        <ProductCreateForm
          onCancel={() => change({ create: undefined })}
          onDone={(product) => {
            toast.done(`${product.name} created`)
            // In place of the dialog: Back then leads to the list.
            open(product.id, true)
          }}
        />
      </Dialog>
    </div>
  )
}
