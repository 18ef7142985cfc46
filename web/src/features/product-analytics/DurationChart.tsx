import {
  Bar,
  CartesianGrid,
  ComposedChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type TooltipContentProps,
} from 'recharts'
import type { Durations } from '@/api/types'
import { Mark } from '@/ui/TimeChart'
import { bucketText, lengthText, placeOf } from './lengths'

const MEAN = 'var(--bronze)'
const MEDIAN = 'var(--violet)'

interface Bucket {
  label: string
  /** Centre of the column on the axis. */
  place: number
  count: number
}

function Told({ active, payload }: Pick<TooltipContentProps, 'active' | 'payload'>) {
  const bucket = payload?.[0]?.payload as Bucket | undefined
  if (!active || !bucket) return null
  return (
    <p className="rounded-md bg-raised px-3 py-2 shadow-pop">
      <span className="font-medium">{bucket.label}</span>{' '}
      <span className="tabular pl-4">
        {bucket.count} {bucket.count === 1 ? 'task' : 'tasks'}
      </span>
    </p>
  )
}

function Figure({ name, value, colour }: { name: string; value: string; colour?: string }) {
  return (
    <div className="min-w-0">
      <dt className="flex items-center gap-1.5 text-xs text-ink-3">
        {colour && <Mark colour={colour} dashed />}
        {name}
      </dt>
      <dd className="tabular font-semibold whitespace-nowrap">{value}</dd>
    </div>
  )
}

/** Distribution of durations: a column per bucket, with lines for mean and median. */
export function DurationChart({ caption, durations }: { caption: string; durations: Durations }) {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  const { count, mean_minutes: mean, median_minutes: median, max_minutes: max, distribution } = durations
  const buckets: Bucket[] = distribution.map((one, at) => ({
    label: bucketText(one.from_minutes, one.to_minutes),
    place: at + 0.5,
    count: one.count,
  }))
  const at = (minutes: number | null | undefined) =>
    minutes === null || minutes === undefined ? undefined : placeOf(minutes, distribution)
  const labels = new Map(buckets.map(({ place, label }) => [place, label]))
  const lines = [
    { x: at(mean), colour: MEAN },
    { x: at(median), colour: MEDIAN },
  ]
  return (
    <div className="flex flex-col gap-3">
      <dl className="flex flex-wrap gap-x-8 gap-y-2">
        <Figure name="Tasks" value={String(count)} />
        <Figure name="Mean" value={lengthText(mean)} colour={MEAN} />
        <Figure name="Median" value={lengthText(median)} colour={MEDIAN} />
        <Figure name="Longest" value={lengthText(max)} />
      </dl>
      <div className="h-48 text-xs" aria-hidden>
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: 192 }}>
          <ComposedChart data={buckets} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              type="number"
              dataKey="place"
              domain={[0, buckets.length]}
              ticks={buckets.map(({ place }) => place)}
              tickFormatter={(place: number) => labels.get(place) ?? ''}
              tickLine={false}
              axisLine={false}
              minTickGap={4}
              interval="preserveStartEnd"
              stroke="var(--ink-3)"
            />
            <YAxis allowDecimals={false} width={32} tickLine={false} axisLine={false} stroke="var(--ink-3)" />
            <Tooltip
              cursor={{ fill: 'var(--hover)' }}
              content={({ active, payload }) => <Told active={active} payload={payload} />}
              isAnimationActive={false}
            />
            <Bar dataKey="count" fill="var(--accent)" barSize={22} isAnimationActive={!still} animationDuration={250} />
            {lines.map(
              ({ x, colour }) =>
                x !== undefined && <ReferenceLine key={colour} x={x} stroke={colour} strokeWidth={2} strokeDasharray="4 4" />,
            )}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <table className="sr-only">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Duration</th>
            <th scope="col">Tasks</th>
          </tr>
        </thead>
        <tbody>
          {buckets.map(({ label, count: tasks }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{tasks}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
