import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { investorAnalyticsGet } from '@/api/analytics'
import { keys } from '@/api/keys'
import type { ActivityKind, TrendPoint } from '@/api/types'
import { ACTIVITY_KINDS } from '@/api/words'
import { ENGAGEMENT_MEANING, engagementWord } from '@/lib/engagement'
import { relativeDay, shortDay } from '@/lib/day'
import { monthWords } from '@/lib/month'
import { useToday } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Loading, Skeleton } from '@/ui/states'
import { Tooltip } from '@/ui/Tooltip'

const STRIP =
  'grid grid-cols-2 gap-x-6 gap-y-3 rounded-lg border border-line bg-surface px-4 py-3 md:grid-cols-[auto_auto_minmax(0,1fr)_auto]'
const BAR = 5
const GAP = 1
const HEIGHT = 32

function Figure({ name, wide, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide ? 'min-w-0 max-md:col-span-2' : 'min-w-0'}>
      <dt className="text-xs text-ink-3">{name}</dt>
      <dd className="flex min-h-8 items-center">{children}</dd>
    </div>
  )
}

/** One bar per month; an empty month keeps a line so that the gap is visible. */
function Sparkline({ months }: { months: readonly TrendPoint[] }) {
  const most = Math.max(1, ...months.map(({ total }) => total))
  const sum = months.reduce((all, { total }) => all + total, 0)
  const width = months.length * (BAR + GAP)
  return (
    <svg
      viewBox={`0 0 ${width} ${HEIGHT}`}
      width={width}
      height={HEIGHT}
      role="img"
      aria-label={`${sum} activities in ${months.length} months, at most ${Math.max(0, ...months.map(({ total }) => total))} in one`}
    >
      {months.map(({ start, total }, n) => {
        const height = total === 0 ? 1 : Math.max(3, (total / most) * HEIGHT)
        return (
          <rect
            key={start}
            x={n * (BAR + GAP)}
            y={HEIGHT - height}
            width={BAR}
            height={height}
            rx={1}
            fill={total === 0 ? 'var(--line-strong)' : 'var(--accent)'}
          >
            <title>{`${monthWords(start.slice(0, 7))}: ${total}`}</title>
          </rect>
        )
      })}
    </svg>
  )
}

/** Engagement with an investor: last contact, score, counts by kind and two years by month. */
export function Figures({ investorId }: { investorId: string }) {
  const query = useQuery({ queryKey: keys.analytics.investor(investorId), queryFn: () => investorAnalyticsGet(investorId) })
  const today = useToday()
  if (query.isPending) {
    return (
      <Loading label="Loading figures">
        <div className={STRIP}>
          {[0, 1, 2, 3].map((n) => (
            <Skeleton key={n} className="my-3 h-4 w-24" />
          ))}
        </div>
      </Loading>
    )
  }
  if (query.isError) {
    return (
      <div role="alert" className="flex items-center gap-3 rounded-lg border border-line bg-surface px-4 py-3 text-ink-2">
        <span className="flex-1">Couldn’t load the figures.</span>
        <Button onClick={() => void query.refetch()}>Try again</Button>
      </div>
    )
  }
  const { counts, total, engagement_score: score, last_contact_on: last, months } = query.data
  const kinds = (Object.keys(ACTIVITY_KINDS) as ActivityKind[]).filter((kind) => counts[kind] > 0)
  return (
    <dl aria-label="Figures" className={STRIP}>
      <Figure name="Last contact">
        {last ? (
          <time dateTime={last} className="font-medium">
            {relativeDay(last, today)}, {shortDay(last, today)}
          </time>
        ) : (
          <span className="text-ink-3">None in 24 months</span>
        )}
      </Figure>
      <Figure name="Engagement">
        <Tooltip label={ENGAGEMENT_MEANING}>
          <span tabIndex={0} className="flex items-baseline gap-2">
            <span className="tabular font-medium">{score}</span>
            <span className="text-ink-2">{engagementWord(score)}</span>
          </span>
        </Tooltip>
      </Figure>
      <Figure name="Activities in 24 months" wide>
        {total === 0 ? (
          <span className="text-ink-3">None yet</span>
        ) : (
          <span className="flex flex-wrap gap-x-4">
            {kinds.map((kind) => (
              <span key={kind}>
                {ACTIVITY_KINDS[kind]} <span className="tabular font-medium">{counts[kind]}</span>
              </span>
            ))}
          </span>
        )}
      </Figure>
      <Figure name="By month" wide>
        <Sparkline months={months} />
      </Figure>
    </dl>
  )
}
