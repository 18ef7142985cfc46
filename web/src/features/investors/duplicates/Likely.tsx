import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { duplicateFind } from '@/api/duplicates'
import { keys } from '@/api/keys'
import { useDebounced } from '@/lib/useDebounced'
import { TierBadge } from '@/ui/Badge'
import type { Values } from '../values'
import { likelyQuery, reasonWords } from './words'

const PAUSE_MS = 400

/** Possible duplicates of the investor being entered. It warns, but never blocks. */
export function Likely({ values }: { values: Values }) {
  const settled = useDebounced(values, PAUSE_MS)
  const query = likelyQuery(settled)
  const found = useQuery({
    queryKey: keys.investors.likely(query ?? { name: '' }),
    queryFn: ({ signal }) => (query ? duplicateFind(query, signal) : []),
    enabled: query !== null,
    placeholderData: keepPreviousData,
  })
  const likely = query === null ? [] : (found.data ?? [])
  return (
    <div role="status">
      {likely.length > 0 && (
        <div className="rounded-md bg-amber-bg p-3">
          <p className="pb-1 font-medium text-amber">
            {likely.length === 1 ? 'This investor may already exist' : 'One of these may be the same investor'}
          </p>
          <ul>
            {likely.map(({ investor, reasons }) => (
              <li key={investor.id}>
                <Link
                  to="/investors/$investorId"
                  params={{ investorId: investor.id }}
                  className="flex min-h-9 flex-wrap items-center gap-x-3 rounded-md px-2 hover:bg-hover max-md:min-h-11"
                >
                  <span className="min-w-0 truncate font-medium">{investor.name}</span>
                  <TierBadge tier={investor.tier} />
                  <span className="text-xs text-ink-2">{reasonWords(reasons)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
