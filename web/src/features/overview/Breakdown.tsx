import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export interface Part {
  value: string
  label: ReactNode
  count: number
  /** Search parameters of the list of those investors; none when it cannot be narrowed so. */
  search?: Record<string, string>
}

const percent = (count: number, all: number) => (all === 0 ? 0 : Math.round((count / all) * 100))

function Bar({ label, count, all }: { label: ReactNode; count: number; all: number }) {
  return (
    <span className="grid grid-cols-[112px_minmax(0,1fr)_auto] items-center gap-3 py-1">
      <span className="truncate">{label}</span>
      <span className="h-2 overflow-hidden rounded-full bg-sunken" aria-hidden>
        <span className="block h-full rounded-full bg-accent" style={{ width: `${percent(count, all)}%` }} />
      </span>
      <span className="tabular w-20 text-right">
        {count} <span className="inline-block w-10 text-xs whitespace-nowrap text-ink-3">{percent(count, all)} %</span>
      </span>
    </span>
  )
}

/** How a whole falls apart; each part leads to its list. */
export function Breakdown({ title, parts }: { title: string; parts: readonly Part[] }) {
  const all = parts.reduce((sum, { count }) => sum + count, 0)
  return (
    <section aria-label={title}>
      <h3 className="pb-1 text-xs text-ink-3">{title}</h3>
      <ul>
        {parts.map(({ value, label, count, search }) => (
          <li key={value}>
            {search ? (
              <Link to="/investors" search={search} className="block rounded-md hover:bg-hover"><Bar label={label} count={count} all={all} /></Link>
            ) : (
              <Bar label={label} count={count} all={all} />
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
