import { numberFormat } from '@/lib/locale'
import type { ProductTeam } from '@/api/types'
import { Avatar } from '@/ui/Avatar'
import { ScrollBox } from '@/ui/ScrollBox'

const number = numberFormat({ maximumFractionDigits: 2 })

const CELL = 'tabular py-1.5 pl-3 text-right whitespace-nowrap'

/** Throughput and workload of each member. The bars repeat the figures for comparison. */
export function TeamTable({ team }: { team: ProductTeam }) {
  const most = Math.max(1, ...team.members.map(({ finished }) => finished))
  return (
    <ScrollBox label="Work by member">
      <table className="w-full min-w-130">
        <caption className="sr-only">Work by member</caption>
        <thead>
          <tr className="text-xs text-ink-3">
            <th scope="col" className="py-1.5 text-left font-normal">
              Member
            </th>
            <th scope="col" className="w-2/5 py-1.5 pl-3 text-left font-normal">
              Tasks done
            </th>
            {['Hours done', 'Open', 'Overdue', 'Hours open'].map((name) => (
              <th key={name} scope="col" className="py-1.5 pl-3 text-right font-normal whitespace-nowrap">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {team.members.map((one) => (
            <tr key={one.user_id} className="border-t border-line">
              <th scope="row" className="py-1.5 text-left font-normal">
                <span className="flex items-center gap-2">
                  <Avatar name={one.name} />
                  <span className="truncate">
                    {one.name}
                    {!one.in_team && <span className="text-xs text-ink-3"> left</span>}
                  </span>
                </span>
              </th>
              <td className="py-1.5 pl-3">
                <span className="flex items-center gap-3">
                  <span className="h-2 flex-1 overflow-hidden rounded-full bg-sunken" aria-hidden>
                    <span className="block h-full rounded-full bg-accent" style={{ width: `${(one.finished / most) * 100}%` }} />
                  </span>
                  <span className="tabular w-8 text-right">{one.finished}</span>
                </span>
              </td>
              <td className={CELL}>{number.format(Number(one.hours))}</td>
              <td className={CELL}>{one.open_tasks}</td>
              <td className={one.overdue_tasks > 0 ? `${CELL} font-medium text-red` : CELL}>{one.overdue_tasks}</td>
              <td className={CELL}>{number.format(Number(one.estimate_hours))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
