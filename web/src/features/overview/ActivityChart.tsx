import { dateFormat } from '@/lib/locale'
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis, type TooltipContentProps } from 'recharts'
import type { ActivityKind, ActivityTrend, TrendInterval, TrendPoint } from '@/api/types'
import { ACTIVITY_KINDS } from '@/api/words'
import { formatDate } from '@/lib/day'

// Bottom to top; tints distinguish neighbours, the legend and the tooltip name them.
const COLOURS: Record<ActivityKind, string> = {
  meeting: 'var(--accent)',
  call: 'var(--blue)',
  email: 'var(--violet)',
  update: 'var(--bronze)',
  note: 'var(--line-strong)',
}
const KINDS = Object.keys(COLOURS) as ActivityKind[]

const short = dateFormat({ day: 'numeric', month: 'short', timeZone: 'UTC' })
const monthOnly = dateFormat({ month: 'short', year: '2-digit', timeZone: 'UTC' })

function tick(start: string, interval: TrendInterval): string {
  return (interval === 'month' ? monthOnly : short).format(new Date(`${start}T00:00:00Z`))
}

function span(start: string, interval: TrendInterval): string {
  if (interval === 'week') return `Week of ${formatDate(start)}`
  return interval === 'month' ? tick(start, interval) : formatDate(start)
}

function Told({ active, payload, interval }: Pick<TooltipContentProps, 'active' | 'payload'> & { interval: TrendInterval }) {
  const point = payload?.[0]?.payload as TrendPoint | undefined
  if (!active || !point) return null
  return (
    <div className="rounded-md bg-raised px-3 py-2 shadow-pop">
      <p className="pb-1 font-medium">{span(point.start, interval)}</p>
      <ul>
        {[...KINDS]
          .reverse()
          .filter((kind) => point.counts[kind] > 0)
          .map((kind) => (
            <li key={kind} className="flex items-center gap-2">
              <svg viewBox="0 0 8 8" className="size-2" aria-hidden>
                <rect width="8" height="8" rx="2" fill={COLOURS[kind]} />
              </svg>
              <span className="flex-1">{ACTIVITY_KINDS[kind]}</span>
              <span className="tabular pl-4">{point.counts[kind]}</span>
            </li>
          ))}
        <li className="flex justify-between gap-4 pt-1 text-ink-2">
          <span>All</span>
          <span className="tabular">{point.total}</span>
        </li>
      </ul>
    </div>
  )
}

function Legend({ trend }: { trend: ActivityTrend }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {KINDS.map((kind) => (
        <li key={kind} className="flex items-center gap-1.5">
          <svg viewBox="0 0 8 8" className="size-2" aria-hidden>
            <rect width="8" height="8" rx="2" fill={COLOURS[kind]} />
          </svg>
          {ACTIVITY_KINDS[kind]}
          <span className="tabular text-ink-3">{trend.counts[kind]}</span>
        </li>
      ))}
    </ul>
  )
}

/** The same data as a table for screen readers. */
function Table({ trend }: { trend: ActivityTrend }) {
  return (
    <table className="sr-only">
      <caption>Activities by kind</caption>
      <thead>
        <tr>
          <th scope="col">From</th>
          {KINDS.map((kind) => (
            <th key={kind} scope="col">
              {ACTIVITY_KINDS[kind]}
            </th>
          ))}
          <th scope="col">All</th>
        </tr>
      </thead>
      <tbody>
        {trend.points.map((point) => (
          <tr key={point.start}>
            <th scope="row">{span(point.start, trend.interval)}</th>
            {KINDS.map((kind) => (
              <td key={kind}>{point.counts[kind]}</td>
            ))}
            <td>{point.total}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Activities over time as stacked columns, one colour per kind. */
export function ActivityChart({ trend }: { trend: ActivityTrend }) {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  return (
    <div className="flex flex-col gap-3">
      <Legend trend={trend} />
      <div className="h-56 text-xs" aria-hidden>
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 640, height: 224 }}>
          <BarChart data={trend.points} margin={{ top: 4, right: 0, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="start"
              tickFormatter={(start: string) => tick(start, trend.interval)}
              tickLine={false}
              axisLine={false}
              minTickGap={24}
              stroke="var(--ink-3)"
            />
            <YAxis allowDecimals={false} width={28} tickLine={false} axisLine={false} stroke="var(--ink-3)" />
            <Tooltip
              cursor={{ fill: 'var(--hover)' }}
              content={({ active, payload }) => <Told active={active} payload={payload} interval={trend.interval} />}
              isAnimationActive={false}
            />
            {KINDS.map((kind) => (
              <Bar
                key={kind}
                dataKey={(point: TrendPoint) => point.counts[kind]}
                name={ACTIVITY_KINDS[kind]}
                stackId="kinds"
                fill={COLOURS[kind]}
                maxBarSize={28}
                isAnimationActive={!still}
                animationDuration={250}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <Table trend={trend} />
    </div>
  )
}
