import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatShare } from '@/lib/percent'
import { Bar } from './Bar'

export interface Part {
  value: string
  label: ReactNode
  count: number
  /** Search parameters for the list of those investors; absent if the list can't be filtered that way. */
  search?: Record<string, string>
}

const percent = (count: number, all: number) => (all === 0 ? 0 : Math.round((count / all) * 100))

/** A breakdown of a total; each part links to its list. */
export function Breakdown({ title, parts }: { title: string; parts: readonly Part[] }) {
  const all = parts.reduce((sum, { count }) => sum + count, 0)
  return (
    <section aria-label={title}>
      <h3 className="pb-1 text-xs text-ink-3">{title}</h3>
      <ul>
        {parts.map(({ value, label, count, search }) => {
          const bar = (
            <Bar label={label} percent={percent(count, all)}>
              {count} <span className="inline-block w-10 text-xs whitespace-nowrap text-ink-3">{formatShare(percent(count, all))}</span>
            </Bar>
          )
          return (
            <li key={value}>
              {search ? (
                <Link to="/investors" search={search} className="block rounded-md hover:bg-hover">
                  {bar}
                </Link>
              ) : (
                bar
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
