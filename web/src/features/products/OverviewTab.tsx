import { Link, createLazyRoute } from '@tanstack/react-router'
import { FileText } from 'lucide-react'
import type { Product } from '@/api/types'
import { TEAM_ROLES } from '@/api/words'
import { isWritable, useProductCan } from '@/session/productAccess'
import { useLoadedProduct, useTeam } from '@/shell/products/useProduct'
import { Avatar } from '@/ui/Avatar'
import { ProductBadge } from '@/ui/Badge'
import { buttonClass } from '@/ui/Button'
import { Fact } from '@/ui/Fact'
import { Markdown } from '@/ui/Markdown'
import { Section } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { Exports } from './Exports'
import { hoursText, workload } from './workload'

export const Route = createLazyRoute('/shell/products/$productId/')({ component: OverviewTab })

function Figure({ name, value, tone }: { name: string; value: string; tone?: 'red' }) {
  return (
    <div className="min-w-0 flex-1 px-4 py-3">
      <dt className="truncate text-xs text-ink-3">{name}</dt>
      <dd
        className={
          tone === 'red' ? 'tabular text-lg font-semibold whitespace-nowrap text-red' : 'tabular text-lg font-semibold whitespace-nowrap'
        }
      >
        {value}
      </dd>
    </div>
  )
}

/** Open work according to the team's workload. */
function Figures({ product }: { product: Product }) {
  const { people } = useTeam(product.id)
  const { open, overdue = 0 } = workload(people)
  if (open === undefined) return null
  const hours = people.reduce((all, one) => all + Number(one.estimate_hours ?? 0), 0)
  return (
    <dl aria-label="Open work" className="flex divide-x divide-line rounded-lg border border-line bg-surface">
      <Figure name="Open tasks" value={String(open)} />
      <Figure name="Overdue" value={String(overdue)} {...(overdue > 0 ? { tone: 'red' as const } : {})} />
      <Figure name="Estimated" value={hoursText(hours.toFixed(hours < 100 ? 2 : 0))} />
    </dl>
  )
}

function Description({ product }: { product: Product }) {
  const may = useProductCan(product)
  const mayEdit = isWritable(product) && may('product_update')
  if (product.description) return <Markdown text={product.description} />
  const action = mayEdit && (
    <Link to="/products/$productId/settings" params={{ productId: product.id }} className={buttonClass()}>
      Add a description
    </Link>
  )
  return (
    <EmptyState icon={FileText} title="No description yet" action={action}>
      What the product is, who it’s for, and what is out of scope.
    </EmptyState>
  )
}

const SHOWN_PEOPLE = 8

function Team({ product }: { product: Product }) {
  const { query, people } = useTeam(product.id)
  if (query.isPending) return <SkeletonLines lines={3} />
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return (
    <>
      <ul className="flex flex-col gap-2.5">
        {people.slice(0, SHOWN_PEOPLE).map(({ user_id: id, name, role, is_owner: owner }) => (
          <li key={id} className="flex items-center gap-2.5">
            <Avatar name={name} />
            <span className="min-w-0 flex-1 truncate">{name}</span>
            <span className="text-xs text-ink-3">{owner ? 'Owner' : role && TEAM_ROLES[role]}</span>
          </li>
        ))}
      </ul>
      {people.length > SHOWN_PEOPLE && (
        <Link to="/products/$productId/team" params={{ productId: product.id }} className="mt-3 inline-block text-accent hover:underline">
          All {people.length}
        </Link>
      )}
    </>
  )
}

function OverviewTab() {
  const product = useLoadedProduct()
  return (
    <div className="grid gap-6 p-4 md:p-6 lg:grid-cols-[minmax(0,1fr)_320px]">
      <div className="flex min-w-0 flex-col gap-6">
        <Figures product={product} />
        <Section title="About">
          <Description product={product} />
        </Section>
      </div>
      <aside className="flex flex-col gap-6">
        <Section title="Details">
          <dl className="divide-y divide-line">
            <Fact name="Key">
              <span className="font-mono text-xs">{product.key}</span>
            </Fact>
            <Fact name="Status">
              <ProductBadge status={product.deleted_at ? 'deleted' : product.status} />
            </Fact>
            <Fact name="Old after">
              {product.aging_alert_days} {product.aging_alert_days === 1 ? 'day' : 'days'} in one status
            </Fact>
            <Fact name="Since">
              <RelativeTime at={product.created_at} />
            </Fact>
            <Fact name="Changed">
              <RelativeTime at={product.updated_at} />
            </Fact>
          </dl>
        </Section>
        <Section title="Team">
          <Team product={product} />
        </Section>
        <Exports product={product} />
      </aside>
    </div>
  )
}
