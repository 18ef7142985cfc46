import { Link, getRouteApi } from '@tanstack/react-router'
import { Package, Plus } from 'lucide-react'
import { Suspense, lazy } from 'react'
import type { Me, ProductCard } from '@/api/types'
import { mayInProduct } from '@/session/productAccess'
import { useCan, useMe } from '@/session/useMe'
import { useRoadmap } from '@/shell/products/useRoadmap'
import { buttonClass } from '@/ui/Button'
import { Select } from '@/ui/inputs'
import { Section } from '@/ui/PageHeader'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { Band } from './Band'
import { MyBoard } from './MyBoard'
import { NextMilestones } from './NextMilestones'
import { ProductBoard } from './ProductBoard'

const ProductCharts = lazy(() => import('./ProductCharts'))
const route = getRouteApi('/shell/overview')

/** The requested product, or else the first one the user owns, or else the first active one. */
function chosenOf(products: readonly ProductCard[], asked: string | undefined, me: Me): ProductCard | undefined {
  const going = products.filter(({ status }) => status === 'active')
  return products.find(({ id }) => id === asked) ?? going.find(({ owner_id: owner }) => owner === me.id) ?? going[0] ?? products[0]
}

function Nothing() {
  const mayCreate = useCan('product_create')
  const action = mayCreate && (
    <Link to="/products" search={{ create: true }} className={buttonClass('primary')}>
      <Plus className="size-4" aria-hidden />
      New product
    </Link>
  )
  return (
    <div className="rounded-lg border border-line bg-surface">
      <EmptyState icon={Package} title="No products yet" action={action}>
        {mayCreate
          ? 'A product has its own requirements, board, milestones and analytics.'
          : 'Products appear here once someone adds you to their team.'}
      </EmptyState>
    </div>
  )
}

function PendingCharts() {
  return (
    <>
      {['Cumulative flow', 'Throughput', 'Longest waiting'].map((title) => (
        <Section key={title} title={title}>
          <SkeletonLines lines={6} />
        </Section>
      ))}
    </>
  )
}

/** The products section: a board, charts of one product, and milestones of all products. */
export function ProductWork() {
  const me = useMe()
  // Product leads see their boards; others see their own tasks.
  const leads = useCan('task_write')
  const works = useCan('task_progress')
  const { product: asked } = route.useSearch()
  const setSearch = route.useNavigate()
  const { query, roadmap } = useRoadmap()
  const products = roadmap.map(({ product }) => product).filter(({ deleted_at: deleted }) => !deleted)
  const product = chosenOf(products, asked, me)
  const choice = product && (
    <div className="flex w-64 max-w-full max-md:w-full">
      <Select
        className="w-full"
        aria-label="Product"
        value={product.id}
        options={products.map(({ id, key, name }) => ({ value: id, label: `${key} · ${name}` }))}
        onChange={(next) => void setSearch({ search: (now) => ({ ...now, product: next }), replace: true, resetScroll: false })}
      />
    </div>
  )
  const shared = (
    <Band title="Products" actions={choice}>
      {query.isPending ? (
        <SkeletonLines lines={8} />
      ) : query.isError && !product ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !product ? (
        <Nothing />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 xl:grid-cols-[repeat(2,minmax(0,1fr))]">
          {leads && (
            <div className="xl:col-span-2">
              <ProductBoard product={product} />
            </div>
          )}
          {mayInProduct(me, product, 'product_analytics_read') && (
            <Suspense fallback={<PendingCharts />}>
              <ProductCharts product={product} />
            </Suspense>
          )}
          <NextMilestones roadmap={roadmap} />
        </div>
      )}
    </Band>
  )
  if (leads || !works || !product) return shared
  return (
    <>
      <MyBoard />
      {shared}
    </>
  )
}
