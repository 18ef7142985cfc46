import { Link, createLazyRoute } from '@tanstack/react-router'
import { Milestone as MilestoneIcon } from 'lucide-react'
import { useEffect, useMemo, useRef } from 'react'
import type { Milestone, RoadmapStrand } from '@/api/types'
import { MILESTONE_RISKS } from '@/api/words'
import { formatDate, relativeDay } from '@/lib/day'
import { useToday } from '@/lib/time'
import { cx } from '@/lib/cx'
import { usePhone } from '@/lib/usePhone'
import { usePageTitle } from '@/lib/title'
import { useRoadmap } from '@/shell/products/useRoadmap'
import { MilestoneBadge } from '@/ui/Badge'
import { PageHeader } from '@/ui/PageHeader'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { axisOf, lanes, placeOf, type Axis } from './axis'
import { formatMonth } from './day'

export const Route = createLazyRoute('/shell/roadmap')({ component: RoadmapPage })

/** Products with milestones, the one with the earliest open milestone first. */
function inOrder(strands: readonly RoadmapStrand[]): RoadmapStrand[] {
  const next = ({ milestones }: RoadmapStrand) => milestones.find(({ status }) => status === 'open')?.due_on ?? '9999'
  return strands
    .filter(({ milestones }) => milestones.length > 0)
    .sort((a, b) => next(a).localeCompare(next(b)) || a.product.name.localeCompare(b.product.name))
}

function stateWords({ status, at_risk: atRisk }: Milestone): string {
  return status === 'reached' ? 'reached' : atRisk ? 'at risk' : 'on track'
}

/** A diamond, filled when reached, with an extra mark when at risk, so that colour isn't the only cue. */
function Mark({ milestone: { status, at_risk: atRisk } }: { milestone: Milestone }) {
  const tone = status === 'reached' ? 'text-green' : atRisk ? 'text-red' : 'text-accent'
  return (
    <svg viewBox="0 0 16 16" className={cx('size-4 shrink-0', tone)} aria-hidden>
      <path
        d="M8 1 15 8 8 15 1 8z"
        fill={status === 'reached' ? 'currentColor' : 'var(--surface)'}
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
      {status === 'reached' && <path d="m5 8.2 2 2 4-4.2" fill="none" stroke="var(--surface)" strokeWidth="1.6" />}
      {status !== 'reached' && atRisk && <path d="M8 5v3.4M8 10.4v.4" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />}
    </svg>
  )
}

/** Fraction of the axis that a milestone's label takes. */
const LABEL = 0.19
const LANE_PX = 44
/** Width of the products' names, left of the axis. */
const PRODUCT_PX = 200

function Lane({ strand: { product, milestones, more }, axis, today }: { strand: RoadmapStrand; axis: Axis; today: string }) {
  const places = milestones.map(({ due_on: due }) => placeOf(due, axis))
  const lines = lanes(places, LABEL)
  const height = (Math.max(0, ...lines) + 1) * LANE_PX + 8
  return (
    <section aria-label={product.name} className="grid grid-cols-[200px_minmax(0,1fr)] border-b border-line">
      <div className="min-w-0 border-r border-line px-4 py-3 md:pl-6">
        <Link
          to="/products/$productId/milestones"
          params={{ productId: product.id }}
          className="block truncate font-medium hover:text-accent hover:underline"
        >
          {product.name}
        </Link>
        <p className="text-xs text-ink-3">
          <span className="font-mono">{product.key}</span>
          {more && ` · the first ${milestones.length}`}
        </p>
      </div>
      <div className="relative" style={{ height }}>
        {axis.months.map(({ month, at }) => (
          <span key={month} className="absolute inset-y-0 w-px bg-line" style={{ left: `${at * 100}%` }} aria-hidden />
        ))}
        <span className="absolute inset-y-0 w-0.5 bg-accent/50" style={{ left: `${placeOf(today, axis) * 100}%` }} aria-hidden />
        <ol>
          {milestones.map((milestone, index) => {
            const place = places[index] ?? 0
            const late = place > 1 - LABEL
            return (
              <li
                key={milestone.id}
                className={cx('absolute flex max-w-[19%]', late && 'flex-row-reverse text-right')}
                style={{
                  top: (lines[index] ?? 0) * LANE_PX + 6,
                  ...(late ? { right: `${(1 - place) * 100}%` } : { left: `${place * 100}%` }),
                }}
              >
                <Link
                  to="/products/$productId/milestones"
                  params={{ productId: product.id }}
                  title={`${milestone.name}, ${formatDate(milestone.due_on)}: ${milestone.at_risk_reason ? MILESTONE_RISKS[milestone.at_risk_reason] : stateWords(milestone)}`}
                  className={cx(
                    'flex min-w-0 items-start gap-1.5 rounded-md bg-surface py-0.5 hover:text-accent',
                    late ? '-mr-2 flex-row-reverse pl-1.5' : '-ml-2 pr-1.5',
                  )}
                >
                  <span className="mt-0.5 flex">
                    <Mark milestone={milestone} />
                  </span>
                  <span className="min-w-0">
                    <span className="block truncate text-xs font-medium">{milestone.name}</span>
                    <span className="block truncate text-xs text-ink-3">
                      {milestone.progress.percent}% · {stateWords(milestone)}
                      <span className="sr-only">, {formatDate(milestone.due_on)}</span>
                    </span>
                  </span>
                </Link>
              </li>
            )
          })}
        </ol>
      </div>
    </section>
  )
}

function Timeline({ strands, today }: { strands: readonly RoadmapStrand[]; today: string }) {
  const axis = useMemo(
    () =>
      axisOf(
        strands.flatMap(({ milestones }) => milestones.map(({ due_on: due }) => due)),
        today,
      ),
    [strands, today],
  )
  const box = useRef<HTMLDivElement>(null)
  const now = placeOf(today, axis)
  // Starts at today, with some of the past beside it, not years back at the oldest milestone.
  useEffect(() => {
    if (!box.current) return
    const { scrollWidth, clientWidth } = box.current
    const plan = scrollWidth - PRODUCT_PX
    box.current.scrollLeft = now * plan - (clientWidth - PRODUCT_PX) / 4
  }, [now])
  return (
    <div ref={box} tabIndex={0} role="region" aria-label="Plan" className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2">
      {/* A long plan scrolls sideways instead of crowding its months. */}
      <div style={{ minWidth: PRODUCT_PX + axis.months.length * 76 }}>
        <div className="sticky top-0 z-10 grid grid-cols-[200px_minmax(0,1fr)] border-b border-line bg-canvas text-xs text-ink-3">
          <span className="border-r border-line px-4 py-2 font-medium md:pl-6">Product</span>
          <span className="relative" aria-hidden>
            {axis.months.map(({ month, at }, index) => (
              <span key={month} className="absolute top-2 pl-1.5 whitespace-nowrap" style={{ left: `${at * 100}%` }}>
                {formatMonth(month, index === 0)}
              </span>
            ))}
          </span>
        </div>
        {strands.map((strand) => (
          <Lane key={strand.product.id} strand={strand} axis={axis} today={today} />
        ))}
      </div>
    </div>
  )
}

/** At phone width, days are read from top to bottom. */
function PhoneList({ strands, today }: { strands: readonly RoadmapStrand[]; today: string }) {
  const sorted = strands
    .flatMap(({ product, milestones }) => milestones.map((one) => ({ ...one, product_name: product.name })))
    .sort((a, b) => a.due_on.localeCompare(b.due_on))
  const months = [...new Set(sorted.map(({ due_on: due }) => due.slice(0, 7)))]
  const present = useRef<HTMLElement>(null)
  const start = months.find((month) => month >= today.slice(0, 7)) ?? months.at(-1)
  useEffect(() => present.current?.scrollIntoView({ block: 'start' }), [start])
  return (
    <div className="flex flex-col pb-6">
      {months.map((month) => (
        <section key={month} ref={month === start ? present : null} aria-label={formatMonth(month, true)}>
          <h2 className="sticky top-0 z-10 border-b border-line bg-canvas px-4 py-1.5 text-xs font-medium text-ink-3">
            {formatMonth(month, true)}
          </h2>
          <ol className="divide-y divide-line">
            {sorted
              .filter(({ due_on: due }) => due.startsWith(month))
              .map((milestone) => (
                <li key={milestone.id}>
                  <Link
                    to="/products/$productId/milestones"
                    params={{ productId: milestone.product_id }}
                    className="flex min-h-16 items-center gap-3 px-4 py-2.5 active:bg-hover"
                  >
                    <Mark milestone={milestone} />
                    <span className="min-w-0 flex-1">
                      <span className="block truncate font-medium">{milestone.name}</span>
                      <span className="block truncate text-xs text-ink-3">{milestone.product_name}</span>
                      <span className="block truncate text-xs text-ink-3">
                        {formatDate(milestone.due_on)}
                        {milestone.status === 'open' && `, ${relativeDay(milestone.due_on, today)}`} · {milestone.progress.percent}%
                      </span>
                    </span>
                    <MilestoneBadge status={milestone.status} atRisk={milestone.at_risk} />
                  </Link>
                </li>
              ))}
          </ol>
        </section>
      ))}
    </div>
  )
}

function Legend() {
  const sample = (status: Milestone['status'], atRisk: boolean) => ({ status, at_risk: atRisk }) as Milestone
  return (
    <p className="flex items-center gap-4 text-xs text-ink-3 max-md:hidden">
      {[sample('open', false), sample('open', true), sample('reached', false)].map((one) => (
        <span key={stateWords(one)} className="flex items-center gap-1.5">
          <Mark milestone={one} />
          {stateWords(one)}
        </span>
      ))}
    </p>
  )
}

function RoadmapPage() {
  usePageTitle('Roadmap')
  const phone = usePhone()
  const today = useToday()
  const { query, roadmap } = useRoadmap()
  const strands = useMemo(() => inOrder(roadmap), [roadmap])
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Roadmap" actions={strands.length > 0 && <Legend />} />
      {query.isPending ? (
        <div className="p-4 md:p-6">
          <SkeletonLines lines={8} />
        </div>
      ) : query.isError && strands.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : strands.length === 0 && !query.hasNextPage ? (
        <EmptyState icon={MilestoneIcon} title="No milestones yet">
          The milestones of all your products appear here on one timeline.
        </EmptyState>
      ) : phone ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <PhoneList strands={strands} today={today} />
        </div>
      ) : (
        <Timeline strands={strands} today={today} />
      )}
    </div>
  )
}
