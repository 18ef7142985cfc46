import type { ProductCycle } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { ScrollBox } from '@/ui/ScrollBox'

const days = (value: number | null | undefined) => (value === null || value === undefined ? '–' : String(value))
const CELL = 'tabular py-1.5 pl-3 text-right whitespace-nowrap'

/** How long unfinished tasks have been in their status. */
export function AgingTable({ cycle }: { cycle: ProductCycle }) {
  return (
    <ScrollBox label="Days in the current status">
      <table className="w-full min-w-90">
        <caption className="sr-only">Days in the current status</caption>
        <thead>
          <tr className="text-xs text-ink-3">
            <th scope="col" className="py-1.5 text-left font-normal">
              Status
            </th>
            {['Tasks', 'Mean', 'Median', 'Longest', 'Stale'].map((name) => (
              <th key={name} scope="col" className="py-1.5 pl-3 text-right font-normal whitespace-nowrap">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cycle.aging.map((one) => (
            <tr key={one.status} className="border-t border-line">
              <th scope="row" className="py-1.5 text-left font-medium whitespace-nowrap">
                {TASK_STATUSES[one.status]}
              </th>
              <td className={CELL}>{one.count}</td>
              <td className={CELL}>{days(one.mean_days)}</td>
              <td className={CELL}>{days(one.median_days)}</td>
              <td className={CELL}>{days(one.max_days)}</td>
              <td className={one.alerts > 0 ? `${CELL} font-medium text-amber` : CELL}>{one.alerts}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
