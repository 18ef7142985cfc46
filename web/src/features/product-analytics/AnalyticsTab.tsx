import { numberFormat } from '@/lib/locale'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { ChartNoAxesCombined } from 'lucide-react'
import { keys } from '@/api/keys'
import { productCycleGet, productFlowGet, productTeamGet, type ProductPeriod } from '@/api/product-analytics'
import type { BurnUp, BurnUpPoint, FlowPoint, ProductFlow } from '@/api/types'
import { INTERVALS, options } from '@/api/words'
import { PERIODS, periodDays } from '@/lib/period'
import { formatDate } from '@/lib/day'
import { Alerts } from '@/shell/products/Alerts'
import { CumulativeFlow, Throughput } from '@/shell/products/FlowCharts'
import { useLoadedProduct, useTeam } from '@/shell/products/useProduct'
import { useChange } from '@/shell/useChange'
import { Block } from '@/ui/Block'
import { Select } from '@/ui/inputs'
import { Section } from '@/ui/PageHeader'
import { EmptyState } from '@/ui/states'
import { TimeChart, type Series } from '@/ui/TimeChart'
import { AgingTable } from './Aging'
import { DurationChart } from './DurationChart'
import type { ProductAnalyticsSearch } from './routes'
import { TeamTable } from './TeamTable'

export const Route = createLazyRoute('/shell/products/$productId/analytics')({ component: AnalyticsTab })
const route = getRouteApi('/shell/products/$productId/analytics')

const number = numberFormat({ maximumFractionDigits: 2 })

const REQUIREMENTS: readonly Series<FlowPoint>[] = [
  { name: 'Requirements', colour: 'var(--line-strong)', shape: 'line', dashed: true, value: ({ requirements }) => requirements },
  { name: 'Done', colour: 'var(--green)', shape: 'area', value: ({ requirements_done: done }) => done },
]
const BURN_UP: readonly Series<BurnUpPoint>[] = [
  { name: 'Scope', colour: 'var(--line-strong)', shape: 'line', dashed: true, value: ({ scope }) => scope },
  { name: 'Done', colour: 'var(--accent)', shape: 'area', value: ({ done }) => done },
]

function Requirements({ flow }: { flow: ProductFlow }) {
  const last = flow.points.at(-1)
  if (!last || flow.points.every(({ requirements }) => requirements === 0))
    return <p className="text-ink-3">There were no requirements in this period.</p>
  const percent = last.requirements === 0 ? 0 : Math.round((last.requirements_done / last.requirements) * 100)
  return (
    <>
      <TimeChart
        caption="Requirements, total and done"
        points={flow.points}
        interval={flow.interval}
        series={REQUIREMENTS}
        day={({ end }) => end}
        legend={(one) => number.format(one.value(last))}
      />
      <p className="pt-3 text-ink-2">{percent} % are done.</p>
    </>
  )
}

function Milestone({ milestone, flow }: { milestone: BurnUp; flow: ProductFlow }) {
  const last = milestone.points.at(-1)
  return (
    <section aria-label={milestone.name} className="min-w-0">
      <h3 className="flex items-baseline gap-2 pb-2">
        <span className="truncate font-medium">{milestone.name}</span>
        <span className="text-xs whitespace-nowrap text-ink-3">due {formatDate(milestone.due_on)}</span>
      </h3>
      <TimeChart
        low
        caption={`Scope of ${milestone.name} and done tasks`}
        points={milestone.points}
        interval={flow.interval}
        series={BURN_UP}
        day={({ end }) => end}
        legend={(one) => (last ? number.format(one.value(last)) : '')}
      />
    </section>
  )
}

function Milestones({ flow }: { flow: ProductFlow }) {
  if (flow.milestones.length === 0) return <p className="text-ink-3">No tasks belonged to a milestone in this period.</p>
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6 md:grid-cols-[repeat(2,minmax(0,1fr))]">
      {flow.milestones.map((one) => (
        <Milestone key={one.milestone_id} milestone={one} flow={flow} />
      ))}
    </div>
  )
}

function Filters({
  search,
  change,
  team,
}: {
  search: ProductAnalyticsSearch
  change: (changes: Partial<ProductAnalyticsSearch>) => void
  team: readonly { value: string; label: string }[]
}) {
  return (
    <div className="flex flex-wrap gap-2 px-4 pt-4 md:px-6">
      <div className="w-34 max-md:flex-1">
        <Select
          aria-label="Period"
          value={search.period ?? 'd90'}
          options={options(PERIODS)}
          onChange={(next) => change({ period: next === 'd90' ? undefined : next })}
        />
      </div>
      <div className="w-34 max-md:flex-1">
        <Select
          aria-label="Interval"
          value={search.interval ?? 'week'}
          options={options(INTERVALS)}
          onChange={(next) => change({ interval: next === 'week' ? undefined : next })}
        />
      </div>
      <div className="w-56 max-md:w-full">
        <Select
          aria-label="Member"
          value={search.member ?? ''}
          placeholder="Whole team"
          options={[...team]}
          onChange={(next) => change({ member: next || undefined })}
        />
      </div>
    </div>
  )
}

/** Three requests, kept up to date by the live connection. */
function useFigures(productId: string, period: ProductPeriod) {
  const flow = useQuery({
    queryKey: keys.productAnalytics.flow(productId, period),
    queryFn: () => productFlowGet(productId, period),
    placeholderData: keepPreviousData,
  })
  const cycle = useQuery({
    queryKey: keys.productAnalytics.cycle(productId, period),
    queryFn: () => productCycleGet(productId, period),
    placeholderData: keepPreviousData,
  })
  const team = useQuery({
    queryKey: keys.productAnalytics.team(productId, period),
    queryFn: () => productTeamGet(productId, period),
    placeholderData: keepPreviousData,
  })
  return { flow, cycle, team }
}

/** A product's analytics. */
function AnalyticsTab() {
  const product = useLoadedProduct()
  const { people, nameOf } = useTeam(product.id)
  const search = route.useSearch()
  const change = useChange<ProductAnalyticsSearch>()
  const period: ProductPeriod = {
    ...periodDays(search.period ?? 'd90', new Date()),
    interval: search.interval ?? 'week',
    ...(search.member ? { member_id: search.member } : {}),
  }
  const { flow, cycle, team } = useFigures(product.id, period)
  const members = people.map(({ user_id: value, name }) => ({ value, label: name }))
  // A former member may still be in the URL.
  const known =
    !search.member || members.some(({ value }) => value === search.member)
      ? members
      : [...members, { value: search.member, label: nameOf(search.member) ?? 'Former member' }]
  const nothing =
    !search.member &&
    flow.data?.points.every(
      (point) =>
        point.created === 0 && point.open + point.in_progress + point.blocked + point.in_review + point.done + point.requirements === 0,
    )
  return (
    <>
      <Filters search={search} change={change} team={known} />
      {nothing ? (
        <EmptyState icon={ChartNoAxesCombined} title="No data yet">
          Flow, lead times and team figures appear here once there are tasks.
        </EmptyState>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-4 md:p-6 xl:grid-cols-[repeat(2,minmax(0,1fr))]">
          <div className="xl:col-span-2">
            <Section title="Cumulative flow" hint="Tasks in each status at the end of each day, week or month.">
              <Block query={flow} lines={7}>
                {(data) => <CumulativeFlow flow={data} />}
              </Block>
            </Section>
          </div>
          <Section title="Lead time" hint="From creation to done.">
            <Block query={cycle} lines={6}>
              {(data) => <DurationChart caption="Lead time" durations={data.lead_time} />}
            </Block>
          </Section>
          <Section title="Cycle time" hint="From the start of work to done.">
            <Block query={cycle} lines={6}>
              {(data) => <DurationChart caption="Cycle time" durations={data.cycle_time} />}
            </Block>
          </Section>
          <Section title="Age of unfinished tasks" hint="Days in the current status, as of today.">
            <Block query={cycle} lines={5}>
              {(data) => <AgingTable cycle={data} />}
            </Block>
          </Section>
          <Section title="Longest waiting" hint={`A task is stale after more than ${product.aging_alert_days} days in the same status.`}>
            <Block query={cycle} lines={5}>
              {(data) => <Alerts cycle={data} productId={product.id} nameOf={nameOf} />}
            </Block>
          </Section>
          <Section title="Throughput">
            <Block query={flow} lines={6}>
              {(data) => <Throughput flow={data} />}
            </Block>
          </Section>
          <Section title="Requirements" hint={search.member ? 'For the whole product.' : undefined}>
            <Block query={flow} lines={6}>
              {(data) => <Requirements flow={data} />}
            </Block>
          </Section>
          <div className="xl:col-span-2">
            <Section title="Milestones" hint="Their tasks, total and done.">
              <Block query={flow} lines={5}>
                {(data) => <Milestones flow={data} />}
              </Block>
            </Section>
          </div>
          <div className="xl:col-span-2">
            <Section title="Team" hint="Tasks count towards their assignee.">
              <Block query={team} lines={5}>
                {(data) => <TeamTable team={data} />}
              </Block>
            </Section>
          </div>
        </div>
      )}
    </>
  )
}
