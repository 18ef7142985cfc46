import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { keys } from '@/api/keys'
import { productCycleGet, productFlowGet, type ProductPeriod } from '@/api/product-analytics'
import type { ProductCard } from '@/api/types'
import { periodDays } from '@/lib/period'
import { useUsers } from '@/session/useUsers'
import { Alerts } from '@/shell/products/Alerts'
import { CumulativeFlow, Throughput } from '@/shell/products/FlowCharts'
import { Block } from '@/ui/Block'
import { buttonClass } from '@/ui/Button'
import { Section } from '@/ui/PageHeader'

const WAITING = 4

/** A product's flow and its longest waiting tasks: two requests, shared with its analytics. */
export default function ProductCharts({ product }: { product: ProductCard }) {
  const { users } = useUsers()
  const period: ProductPeriod = { ...periodDays('d90', new Date()), interval: 'week' }
  const flow = useQuery({ queryKey: keys.productAnalytics.flow(product.id, period), queryFn: () => productFlowGet(product.id, period) })
  const cycle = useQuery({ queryKey: keys.productAnalytics.cycle(product.id, period), queryFn: () => productCycleGet(product.id, period) })
  const analytics = (
    <Link to="/products/$productId/analytics" params={{ productId: product.id }} className={buttonClass('quiet')}>
      Analytics
    </Link>
  )
  return (
    <>
      <Section title="Cumulative flow" hint="Tasks by status, last 90 days." actions={analytics}>
        <Block query={flow} lines={6}>
          {(data) => <CumulativeFlow low flow={data} />}
        </Block>
      </Section>
      <Section title="Throughput" hint="Tasks per week, last 90 days.">
        <Block query={flow} lines={6}>
          {(data) => <Throughput low flow={data} />}
        </Block>
      </Section>
      <Section title="Longest waiting">
        <Block query={cycle} lines={5}>
          {(data) => (
            <Alerts cycle={data} productId={product.id} most={WAITING} nameOf={(userId) => users.find(({ id }) => id === userId)?.name} />
          )}
        </Block>
      </Section>
    </>
  )
}
