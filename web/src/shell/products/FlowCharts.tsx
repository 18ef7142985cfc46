import { numberFormat } from '@/lib/locale'
import type { FlowPoint, ProductFlow } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { TimeChart, type Series } from '@/ui/TimeChart'

const number = numberFormat({ maximumFractionDigits: 2 })

// Bottom to top: done is at the bottom and grows.
const FLOW: readonly Series<FlowPoint>[] = [
  { name: TASK_STATUSES.done, colour: 'var(--green)', shape: 'stacked-area', value: ({ done }) => done },
  { name: TASK_STATUSES.in_review, colour: 'var(--violet)', shape: 'stacked-area', value: ({ in_review: count }) => count },
  { name: TASK_STATUSES.blocked, colour: 'var(--red)', shape: 'stacked-area', value: ({ blocked }) => blocked },
  { name: TASK_STATUSES.in_progress, colour: 'var(--blue)', shape: 'stacked-area', value: ({ in_progress: count }) => count },
  { name: TASK_STATUSES.open, colour: 'var(--line-strong)', shape: 'stacked-area', value: ({ open }) => open },
]
const THROUGHPUT: readonly Series<FlowPoint>[] = [
  { name: 'Created', colour: 'var(--line-strong)', shape: 'bar', value: ({ created }) => created },
  { name: 'Done', colour: 'var(--accent)', shape: 'bar', value: ({ finished }) => finished },
]

/** Tasks in each status over time. */
export function CumulativeFlow({ flow, low = false }: { flow: ProductFlow; low?: boolean }) {
  const last = flow.points.at(-1)
  return (
    <TimeChart
      low={low}
      caption="Tasks by status"
      points={flow.points}
      interval={flow.interval}
      series={FLOW}
      day={({ end }) => end}
      legend={(one) => (last ? number.format(one.value(last)) : '')}
    />
  )
}

/** Tasks created and done over time. */
export function Throughput({ flow, low = false }: { flow: ProductFlow; low?: boolean }) {
  const total: Record<string, number> = { Created: flow.created, Done: flow.finished }
  return (
    <>
      <TimeChart
        low={low}
        caption="Tasks created and done"
        points={flow.points}
        interval={flow.interval}
        series={THROUGHPUT}
        day={({ start }) => start}
        legend={({ name }) => String(total[name] ?? '')}
      />
      <p className="pt-3 text-ink-2">{number.format(Number(flow.hours))} estimated hours done.</p>
    </>
  )
}
