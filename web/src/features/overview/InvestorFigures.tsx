import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, Plus, Upload, Wallet } from 'lucide-react'
import { useState } from 'react'
import { analyticsActivity, analyticsHighlights, analyticsPortfolio } from '@/api/analytics'
import { keys } from '@/api/keys'
import type { InvestorKind, InvestorStatus, Portfolio, Tier, TrendInterval } from '@/api/types'
import { INTERVALS, INVESTOR_KINDS, INVESTOR_STATUSES, options } from '@/api/words'
import { monthAfter, monthWords, thisMonth } from '@/lib/month'
import { dayStartWords, useTimeZone } from '@/lib/time'
import { useCan } from '@/session/useMe'
import { useChange } from '@/shell/useChange'
import { StatusBadge, TierBadge } from '@/ui/Badge'
import { Block } from '@/ui/Block'
import { IconButton, buttonClass } from '@/ui/Button'
import { Select } from '@/ui/inputs'
import { Section } from '@/ui/PageHeader'
import { EmptyState } from '@/ui/states'
import { ActivityChart } from './ActivityChart'
import { Band } from './Band'
import { Breakdown } from './Breakdown'
import { Capital, CurrencyChoice } from './Capital'
import { RecentActivities, TopInvestors, Users } from './HighlightLists'
import { rangeStart, rangesFor, type Range } from './range'
import type { OverviewSearch } from './routes'

const route = getRouteApi('/shell/overview')

function PortfolioBlock({ portfolio }: { portfolio: Portfolio }) {
  return (
    <div className="grid gap-6 md:grid-cols-3">
      <Breakdown
        title="By tier"
        parts={portfolio.by_tier.map(({ value, count }) => ({
          value,
          count,
          label: <TierBadge tier={value as Tier} />,
          search: { tier: value },
        }))}
      />
      <Breakdown
        title="By kind"
        parts={portfolio.by_kind.map(({ value, count }) => ({ value, count, label: INVESTOR_KINDS[value as InvestorKind] }))}
      />
      <Breakdown
        title="By status"
        parts={portfolio.by_status.map(({ value, count }) => ({
          value,
          count,
          label: value in INVESTOR_STATUSES ? <StatusBadge status={value as InvestorStatus} /> : value,
          search: { status: value },
        }))}
      />
    </div>
  )
}

function Empty() {
  const mayImport = useCan('import_run')
  const mayCreate = useCan('investor_create')
  const action = (mayImport || mayCreate) && (
    <span className="flex flex-wrap justify-center gap-2">
      {mayImport && (
        <Link to="/imports/new" className={buttonClass('primary')}>
          <Upload className="size-4" aria-hidden />
          Import a list
        </Link>
      )}
      {mayCreate && (
        <Link to="/investors" search={{ create: true }} className={buttonClass('secondary')}>
          <Plus className="size-4" aria-hidden />
          New investor
        </Link>
      )}
    </span>
  )
  return (
    <div className="rounded-lg border border-line bg-surface">
      <EmptyState icon={Wallet} title="No data yet" action={action}>
        Figures about your investors and their activities appear here once you have some.
      </EmptyState>
    </div>
  )
}

function Months({ month, onMonth }: { month: string; onMonth: (month: string) => void }) {
  return (
    <div className="flex items-center gap-1">
      <IconButton icon={ChevronLeft} label="Previous month" onClick={() => onMonth(monthAfter(month, -1))} />
      <span className="min-w-32 text-center" aria-live="polite">
        {monthWords(month)}
      </span>
      <IconButton icon={ChevronRight} label="Next month" disabled={month >= thisMonth()} onClick={() => onMonth(monthAfter(month, 1))} />
    </div>
  )
}

interface TrendChoiceProps {
  interval: TrendInterval
  range: Range | undefined
  change: (changes: Partial<OverviewSearch>) => void
}

function TrendChoice({ interval, range, change }: TrendChoiceProps) {
  return (
    <div className="flex gap-2 max-md:flex-col">
      <div className="w-34">
        <Select
          aria-label="Range"
          value={range ?? ''}
          placeholder="Latest 26"
          options={options(rangesFor(interval) as Record<Range, string>)}
          onChange={(next) => change({ range: next || undefined })}
        />
      </div>
      <div className="w-34">
        <Select
          aria-label="Interval"
          value={interval}
          options={options(INTERVALS)}
          onChange={(next) => change({ interval: next === 'week' ? undefined : next })}
        />
      </div>
    </div>
  )
}

/** Three requests, kept up to date by the live connection. */
function useFigures(interval: TrendInterval, range: Range | undefined, month: string) {
  const filters = range ? { interval, from: rangeStart(range, new Date()) } : { interval }
  const portfolio = useQuery({ queryKey: keys.analytics.portfolio, queryFn: analyticsPortfolio })
  const trend = useQuery({
    queryKey: keys.analytics.activity(filters),
    queryFn: () => analyticsActivity(filters),
    placeholderData: keepPreviousData,
  })
  const highlights = useQuery({
    queryKey: keys.analytics.highlights(month),
    queryFn: () => analyticsHighlights(`${month}-01`),
    placeholderData: keepPreviousData,
  })
  return { portfolio, trend, highlights }
}

/** Investor analytics for the caller. */
export default function InvestorFigures() {
  const zone = useTimeZone()
  const search = route.useSearch()
  const change = useChange<OverviewSearch>()
  const interval = search.interval ?? 'week'
  const month = search.month ?? thisMonth()
  const ranges = rangesFor(interval)
  const range = search.range && search.range in ranges ? search.range : undefined
  const { portfolio, trend, highlights } = useFigures(interval, range, month)
  const [currency, setCurrency] = useState<string>()
  const isEmpty = portfolio.data?.investors === 0 && trend.data?.total === 0
  return (
    <Band
      title="Investors"
      meta={
        portfolio.data &&
        portfolio.data.investors > 0 &&
        `${portfolio.data.investors} ${portfolio.data.investors === 1 ? 'investor' : 'investors'}`
      }
      actions={
        <Link to="/investors" className={buttonClass('quiet')}>
          All investors
        </Link>
      }
    >
      {isEmpty ? (
        <Empty />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 xl:grid-cols-[repeat(2,minmax(0,1fr))]">
          <div className="xl:col-span-2">
            <Section title="Portfolio">
              <Block query={portfolio} lines={5}>
                {(data) => <PortfolioBlock portfolio={data} />}
              </Block>
            </Section>
          </div>
          <div className="xl:col-span-2">
            <Section
              title="Capital"
              hint="Per currency."
              actions={portfolio.data && <CurrencyChoice capital={portfolio.data.capital} chosen={currency} onChosen={setCurrency} />}
            >
              <Block query={portfolio} lines={5}>
                {(data) => <Capital capital={data.capital} chosen={currency} />}
              </Block>
            </Section>
          </div>
          <div className="xl:col-span-2">
            <Section
              title="Activities"
              hint={dayStartWords(zone)}
              actions={<TrendChoice interval={interval} range={range} change={change} />}
            >
              <Block query={trend} lines={6}>
                {(data) => <ActivityChart trend={data} />}
              </Block>
            </Section>
          </div>
          <Section
            title="Most contact"
            actions={<Months month={month} onMonth={(next) => change({ month: next === thisMonth() ? undefined : next })} />}
          >
            <Block query={highlights} lines={5}>
              {(data) => <TopInvestors investors={data.top_investors} />}
            </Block>
          </Section>
          <Section title="Logged by" hint={monthWords(month)}>
            <Block query={highlights} lines={5}>
              {(data) => <Users users={data.users} />}
            </Block>
          </Section>
          <div className="xl:col-span-2">
            <Section title="Recent">
              <Block query={highlights} lines={6}>
                {(data) => <RecentActivities activities={data.recent_activities} />}
              </Block>
            </Section>
          </div>
        </div>
      )}
    </Band>
  )
}
