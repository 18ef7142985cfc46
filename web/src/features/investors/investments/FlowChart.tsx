import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type TooltipContentProps,
} from 'recharts'
import { compactMoney, formatMoney, moneyShare } from '@/lib/money'
import type { Point } from './ledger'

const COLOURS = { value: 'var(--accent)', net: 'var(--blue)' }

function Mark({ colour }: { colour: string }) {
  return (
    <svg viewBox="0 0 8 8" className="size-2" aria-hidden>
      <rect width="8" height="8" rx="2" fill={colour} />
    </svg>
  )
}

function Told({ active, payload, currency }: Pick<TooltipContentProps, 'active' | 'payload'> & { currency: string }) {
  const point = payload?.[0]?.payload as Point | undefined
  if (!active || !point) return null
  return (
    <div className="rounded-md bg-raised px-3 py-2 shadow-pop">
      <p className="pb-1 font-medium">{point.label}</p>
      <p className="flex items-center gap-2">
        <Mark colour={COLOURS.net} />
        <span className="flex-1">Net flow</span>
        <span className="tabular pl-4">{formatMoney({ amount: point.net, currency })}</span>
      </p>
      {point.value !== undefined && (
        <p className="flex items-center gap-2">
          <Mark colour={COLOURS.value} />
          <span className="flex-1">Value</span>
          <span className="tabular pl-4">{formatMoney({ amount: point.value, currency })}</span>
        </p>
      )}
    </div>
  )
}

/** The same data as a table for screen readers. */
function Table({ points, currency }: { points: readonly Point[]; currency: string }) {
  return (
    <table className="sr-only">
      <caption>Value and net cash flows</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Net flow</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {points.map(({ label, net, value }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{formatMoney({ amount: net, currency })}</td>
            <td>{value === undefined ? 'Not valued' : formatMoney({ amount: value, currency })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Net cash flows (distributions minus contributions) as columns, and value as a line. */
export function FlowChart({ points, currency }: { points: readonly Point[]; currency: string }) {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  // For bar lengths only: displayed amounts stay strings.
  const length = (amount: string | undefined) => (amount === undefined ? null : moneyShare({ amount }))
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        <li className="flex items-center gap-1.5">
          <Mark colour={COLOURS.net} />
          Net flow: distributed minus called
        </li>
        <li className="flex items-center gap-1.5">
          <Mark colour={COLOURS.value} />
          Value
        </li>
      </ul>
      <div className="h-56 text-xs" aria-hidden>
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 640, height: 224 }}>
          <ComposedChart data={[...points]} margin={{ top: 4, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="label" tickLine={false} axisLine={false} minTickGap={24} stroke="var(--ink-3)" />
            <YAxis
              width={64}
              tickLine={false}
              axisLine={false}
              stroke="var(--ink-3)"
              tickFormatter={(tick: number) => compactMoney({ amount: String(tick), currency })}
            />
            <Tooltip
              cursor={{ fill: 'var(--hover)' }}
              content={({ active, payload }) => <Told active={active} payload={payload} currency={currency} />}
              isAnimationActive={false}
            />
            <ReferenceLine y={0} stroke="var(--line-strong)" />
            <Bar
              dataKey={(point: Point) => length(point.net)}
              name="Net flow"
              fill={COLOURS.net}
              maxBarSize={28}
              isAnimationActive={!still}
              animationDuration={250}
            />
            <Line
              dataKey={(point: Point) => length(point.value)}
              name="Value"
              type="stepAfter"
              stroke={COLOURS.value}
              strokeWidth={2}
              dot={points.length < 40 ? { r: 2.5, fill: COLOURS.value } : false}
              isAnimationActive={!still}
              animationDuration={250}
            />
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <Table points={points} currency={currency} />
    </div>
  )
}
