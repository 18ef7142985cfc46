import { Link } from '@tanstack/react-router'
import type { Highlights } from '@/api/types'
import { ACTIVITY_KINDS } from '@/api/words'
import { formatDate } from '@/lib/day'
import { useUsers } from '@/session/useUsers'
import { Avatar } from '@/ui/Avatar'
import { RelativeTime } from '@/ui/RelativeTime'

const ROW = 'flex min-h-10 items-center gap-3 rounded-md px-2 max-md:min-h-11'

function Nothing({ children }: { children: string }) {
  return <p className="px-2 py-4 text-ink-3">{children}</p>
}

/** The investors with the most activities in the month. */
export function TopInvestors({ investors }: { investors: Highlights['top_investors'] }) {
  if (investors.length === 0) return <Nothing>No activities logged this month.</Nothing>
  return (
    <ol>
      {investors.map(({ investor_id: id, name, total, last_day: last }) => (
        <li key={id}>
          <Link to="/investors/$investorId" params={{ investorId: id }} className={`${ROW} hover:bg-hover`}>
            <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
            {last && <span className="text-xs text-ink-3">last {formatDate(last)}</span>}
            <span className="tabular w-10 text-right">{total}</span>
          </Link>
        </li>
      ))}
    </ol>
  )
}

/** Activities logged by each user in the month. */
export function Users({ users }: { users: Highlights['users'] }) {
  const { users: known } = useUsers()
  if (users.length === 0) return <Nothing>No activities logged this month.</Nothing>
  return (
    <ol>
      {users.map(({ user_id: id, counts, total }) => {
        const name = known.find((user) => user.id === id)?.name ?? 'A former user'
        const kinds = Object.entries(ACTIVITY_KINDS).map(([kind, word]) => ({ word, count: counts[kind as keyof typeof counts] }))
        return (
          <li key={id} className={ROW}>
            <Avatar name={name} size="small" />
            <span className="min-w-0 flex-1 truncate">{name}</span>
            <span className="hidden truncate text-xs text-ink-3 xl:inline">
              {kinds
                .filter(({ count }) => count > 0)
                .map(({ word, count }) => `${count} ${word.toLowerCase()}${count === 1 ? '' : 's'}`)
                .join(', ')}
            </span>
            <span className="tabular w-10 text-right">{total}</span>
          </li>
        )
      })}
    </ol>
  )
}

/** Recent activities; the text itself is on the investor's page. */
export function RecentActivities({ activities }: { activities: Highlights['recent_activities'] }) {
  if (activities.length === 0) return <Nothing>No activities in the last 90 days.</Nothing>
  return (
    <ul>
      {activities.map(
        ({ activity_id: id, investor_id: investorId, investor_name: investor, kind, occurred_at: at, created_by_name: who }) => (
          <li key={id}>
            <Link to="/investors/$investorId" params={{ investorId }} className={`${ROW} hover:bg-hover`}>
              <span className="w-16 shrink-0 text-xs text-ink-3">{ACTIVITY_KINDS[kind]}</span>
              <span className="min-w-0 flex-1 truncate">
                <span className="font-medium">{investor}</span> <span className="text-ink-3">by {who}</span>
              </span>
              <RelativeTime at={at} className="shrink-0 text-xs text-ink-3" />
            </Link>
          </li>
        ),
      )}
    </ul>
  )
}
