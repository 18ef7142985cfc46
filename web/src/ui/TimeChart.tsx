import { dateFormat, numberFormat } from '@/lib/locale'
import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type TooltipContentProps,
} from 'recharts'
import type { TrendInterval } from '@/api/types'
import { formatDate } from '@/lib/day'
import { cx } from '@/lib/cx'

export interface Series<P> {
  name: string
  /** A colour token. */
  colour: string
  value: (point: P) => number
  /** Columns and areas with the same stack are stacked. */
  shape: 'area' | 'stacked-area' | 'bar' | 'stacked-bar' | 'line'
  dashed?: boolean
}

interface Props<P> {
  /** Caption of the table with the same data. */
  caption: string
  points: readonly P[]
  interval: TrendInterval
  series: readonly Series<P>[]
  /** The day that labels a point. */
  day: (point: P) => string
  /** A series' figure in the legend; omitted if absent. */
  legend?: (series: Series<P>) => string
  low?: boolean
}

const short = dateFormat({ day: 'numeric', month: 'short', timeZone: 'UTC' })
const monthOnly = dateFormat({ month: 'short', year: '2-digit', timeZone: 'UTC' })
const number = numberFormat({ maximumFractionDigits: 2 })

function tick(day: string, interval: TrendInterval): string {
  return (interval === 'month' ? monthOnly : short).format(new Date(`${day}T00:00:00Z`))
}

export function Mark({ colour, dashed = false }: { colour: string; dashed?: boolean }) {
  return (
    <svg viewBox="0 0 10 8" className="h-2 w-2.5 shrink-0" aria-hidden>
      {dashed ? <path d="M0 4h4M6 4h4" stroke={colour} strokeWidth="2" /> : <rect width="8" height="8" x="1" rx="2" fill={colour} />}
    </svg>
  )
}

function Told<P>({ active, payload, series, day }: Pick<TooltipContentProps, 'active' | 'payload'> & Pick<Props<P>, 'series' | 'day'>) {
  const point = payload?.[0]?.payload as P | undefined
  if (!active || !point) return null
  return (
    <div className="rounded-md bg-raised px-3 py-2 shadow-pop">
      <p className="pb-1 font-medium">{formatDate(day(point))}</p>
      <ul>
        {[...series].reverse().map((one) => (
          <li key={one.name} className="flex items-center gap-2">
            <Mark colour={one.colour} dashed={one.dashed ?? false} />
            <span className="flex-1">{one.name}</span>
            <span className="tabular pl-4">{number.format(one.value(point))}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The same data as a table for screen readers. */
function Table<P>({ caption, points, series, day }: Pick<Props<P>, 'caption' | 'points' | 'series' | 'day'>) {
  return (
    <table className="sr-only">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          {series.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map((point) => (
          <tr key={day(point)}>
            <th scope="row">{formatDate(day(point))}</th>
            {series.map(({ name, value }) => (
              <td key={name}>{number.format(value(point))}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function drawn<P>({ name, colour, value, shape, dashed }: Series<P>, still: boolean) {
  const common = { name, dataKey: value as (point: unknown) => number, isAnimationActive: !still, animationDuration: 250 }
  if (shape === 'bar' || shape === 'stacked-bar')
    return <Bar key={name} {...common} {...(shape === 'stacked-bar' ? { stackId: 'all' } : {})} fill={colour} maxBarSize={24} />
  if (shape === 'line')
    return (
      <Line
        key={name}
        {...common}
        type="monotone"
        stroke={colour}
        strokeWidth={2}
        dot={false}
        {...(dashed ? { strokeDasharray: '4 4' } : {})}
      />
    )
  return (
    <Area
      key={name}
      {...common}
      type="monotone"
      {...(shape === 'stacked-area' ? { stackId: 'all' } : {})}
      stroke={colour}
      fill={colour}
      fillOpacity={shape === 'stacked-area' ? 0.7 : 0.2}
      strokeWidth={1.5}
    />
  )
}

/** Figures over time: columns, areas or lines, each colour named in the legend. */
export function TimeChart<P extends object>({ caption, points, interval, series, day, legend, low = false }: Props<P>) {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {series.map((one) => (
          <li key={one.name} className="flex items-center gap-1.5">
            <Mark colour={one.colour} dashed={one.dashed ?? false} />
            {one.name}
            {legend && <span className="tabular text-ink-3">{legend(one)}</span>}
          </li>
        ))}
      </ul>
      <div className={cx('text-xs', low ? 'h-36' : 'h-56')} aria-hidden>
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 640, height: low ? 144 : 224 }}>
          <ComposedChart data={[...points]} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey={day as (point: unknown) => string}
              tickFormatter={(value: string) => tick(value, interval)}
              tickLine={false}
              axisLine={false}
              minTickGap={24}
              stroke="var(--ink-3)"
            />
            <YAxis allowDecimals={false} width={32} tickLine={false} axisLine={false} stroke="var(--ink-3)" />
            <Tooltip
              cursor={{ stroke: 'var(--line-strong)', fill: 'var(--hover)' }}
              content={({ active, payload }) => <Told<P> active={active} payload={payload} series={series} day={day} />}
              isAnimationActive={false}
            />
            {series.map((one) => drawn(one, still))}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <Table caption={caption} points={points} series={series} day={day} />
    </div>
  )
}
