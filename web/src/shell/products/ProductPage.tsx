import { numberFormat } from '@/lib/locale'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, createLazyRoute, getRouteApi, useLocation } from '@tanstack/react-router'
import { Archive, Package, Trash2 } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Product } from '@/api/types'
import { cx } from '@/lib/cx'
import { reaches, useProductCan } from '@/session/productAccess'
import { useMe } from '@/session/useMe'
import { usePageTitle, useTitlePart } from '@/lib/title'
import { ProductBadge } from '@/ui/Badge'
import { Button, buttonClass } from '@/ui/Button'
import { EmptyState, ErrorState, Loading, Skeleton, SkeletonLines } from '@/ui/states'
import { ProductActions, useDelete, useProductStatus } from './ProductActions'
import { PRODUCT_TABS } from './tabs'
import { useProduct, useDeletion, useTeam } from './useProduct'

export const Route = createLazyRoute('/shell/products/$productId')({ component: ProductPage })
const route = getRouteApi('/shell/products/$productId')

const TAB = cx(
  '-mb-px flex h-9 items-center border-b-2 border-transparent font-medium whitespace-nowrap text-ink-3 hover:text-ink',
  'focus-visible:-outline-offset-2 aria-[current=page]:border-accent aria-[current=page]:text-ink max-md:h-11',
)

function Tabs({ product }: { product: Product }) {
  const may = useProductCan(product)
  const nav = useRef<HTMLElement>(null)
  const path = useLocation({ select: ({ pathname }) => pathname })
  const tabs = PRODUCT_TABS.filter(({ allowed }) => allowed?.(product, may) ?? true)
  const within = path.slice(`/products/${product.id}`.length)
  useTitlePart(tabs.find((tab) => tab.path !== '' && within.startsWith(tab.path))?.label)
  // Not all of them fit on a phone.
  useEffect(() => {
    // Its return value, a promise in newer browsers, isn't a cleanup function.
    nav.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' })
  }, [path])
  return (
    <nav
      ref={nav}
      aria-label="Sections of this product"
      className="flex shrink-0 gap-4 overflow-x-auto overflow-y-hidden border-b border-line px-4 md:px-6"
    >
      {tabs.map(({ path, label }) => (
        <Link
          key={path}
          to={`/products/${product.id}${path}` as string}
          activeOptions={{ exact: path === '', includeSearch: false }}
          className={TAB}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}

function Banner({
  tone,
  icon: Icon,
  action,
  children,
}: {
  tone: 'amber' | 'red'
  icon: typeof Archive
  action?: ReactNode
  children: ReactNode
}) {
  return (
    <div
      role="status"
      className={cx(
        'flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 md:px-6',
        tone === 'amber' ? 'bg-amber-bg text-amber' : 'bg-red-bg text-red',
      )}
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      <p className="min-w-0 flex-1">{children}</p>
      {action}
    </div>
  )
}

const count = numberFormat()

function State({ product }: { product: Product }) {
  const me = useMe()
  const { reopen, busy } = useProductStatus(product)
  const deletion = useDeletion(product)
  const goOn = useDelete(product)
  if (product.deleted_at && deletion?.status === 'stopped') {
    const action = (
      <Button busy={goOn.isPending} onClick={() => goOn.mutate()}>
        Delete the rest
      </Button>
    )
    return (
      <Banner tone="red" icon={Trash2} action={action}>
        The deletion of {product.key} stopped, because {deletion.started_by_name} is disabled or has other roles.
      </Banner>
    )
  }
  if (product.deleted_at) {
    const removed = deletion?.removed
    return (
      <Banner tone="red" icon={Trash2}>
        {product.key} is being deleted with everything in it
        {removed === undefined ? '' : `: ${count.format(removed)} ${removed === 1 ? 'item' : 'items'} removed so far`}. You can leave this
        page; the deletion continues.
      </Banner>
    )
  }
  if (product.status !== 'archived') return null
  const action = reaches(me, product, 'product_update') ? (
    <Button busy={busy} onClick={reopen}>
      Reopen
    </Button>
  ) : undefined
  return (
    <Banner tone="amber" icon={Archive} action={action}>
      This product is archived and read-only.
    </Banner>
  )
}

function Head({ product }: { product: Product }) {
  const { nameOf } = useTeam(product.id)
  const owner = nameOf(product.owner_id)
  return (
    <header className="px-4 md:px-6">
      <div className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-1 py-2">
        <div className="flex min-w-0 flex-1 items-center gap-2.5">
          <span className="shrink-0 rounded-sm border border-line bg-sunken px-1.5 py-0.5 font-mono text-xs font-medium text-ink-2">
            {product.key}
          </span>
          <h1 className="min-w-0 truncate text-base font-semibold" title={product.name}>
            {product.name}
          </h1>
          <ProductBadge status={product.deleted_at ? 'deleted' : product.status} />
          {owner && <span className="truncate text-ink-3 max-md:hidden">{owner}</span>}
        </div>
        <div className="flex shrink-0 items-center gap-2">
          <ProductActions product={product} />
        </div>
      </div>
    </header>
  )
}

function Pending() {
  return (
    <Loading label="Loading the product">
      <div className="flex h-13 items-center gap-3 px-4 md:px-6">
        <Skeleton className="h-5 w-12" />
        <Skeleton className="h-4 w-56" />
      </div>
      <div className="flex h-9 items-center gap-4 border-b border-line px-4 md:px-6">
        {[0, 1, 2, 3].map((tab) => (
          <Skeleton key={tab} className="h-3 w-16" />
        ))}
      </div>
      <div className="p-4 md:p-6">
        <SkeletonLines lines={8} />
      </div>
    </Loading>
  )
}

/** Removes a product from the lists when its deletion, watched here, is complete. */
function useForgotten(gone: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (gone) void client.invalidateQueries({ queryKey: keys.products.lists })
  }, [client, gone])
}

function ProductPage() {
  const { productId } = route.useParams()
  return <Page key={productId} productId={productId} />
}

function Page({ productId }: { productId: string }) {
  const query = useProduct(productId)
  const missing = query.isError && asProblem(query.error).status === 404
  const last = query.data
  usePageTitle('Products', missing ? null : last?.name)
  const deleted = missing && Boolean(last?.deleted_at)
  useForgotten(deleted)
  if (query.isPending) return <Pending />
  if (missing) {
    const back = (
      <Link to="/products" className={buttonClass('primary')}>
        All products
      </Link>
    )
    return deleted ? (
      <EmptyState icon={Trash2} title={`${last?.name ?? 'Product'} deleted`} action={back} page>
        Everything in it was deleted. Its history is kept in the audit trail.
      </EmptyState>
    ) : (
      <EmptyState icon={Package} title="Product not found" action={back} page>
        It doesn’t exist, or you’re not a member.
      </EmptyState>
    )
  }
  if (!last) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return (
    <div className="flex h-full flex-col">
      <State product={last} />
      <Head product={last} />
      <Tabs product={last} />
      {/* A section fills this box or scrolls in it. */}
      <div className="relative min-h-0 flex-1 overflow-y-auto">
        <Outlet />
      </div>
    </div>
  )
}
