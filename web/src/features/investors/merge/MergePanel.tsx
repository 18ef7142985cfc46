import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useId, useState } from 'react'
import { duplicateList } from '@/api/duplicates'
import { investorGet } from '@/api/investors'
import { keys } from '@/api/keys'
import { searchList } from '@/api/search'
import type { Investor } from '@/api/types'
import { useDebounced } from '@/lib/useDebounced'
import { TierBadge } from '@/ui/Badge'
import { SidePanel } from '@/ui/Dialog'
import { Input } from '@/ui/inputs'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { reasonWords } from '../duplicates/words'
import { Compare } from './Compare'

/** Stands in for the other investor's id until one is chosen. */
export const CHOOSE = 'choose'

const PAUSE_MS = 150

interface Candidate {
  id: string
  name: string
  tier: Investor['tier']
  note?: string
}

function useCandidates(investor: Investor, typed: string) {
  const settled = useDebounced(typed.trim(), PAUSE_MS)
  const suspects = useQuery({
    queryKey: keys.investors.duplicates(investor.id),
    queryFn: () => duplicateList(investor.id),
    enabled: settled === '',
  })
  const found = useQuery({ queryKey: keys.search(settled), queryFn: ({ signal }) => searchList(settled, signal), enabled: settled !== '' })
  if (settled === '') {
    const items: Candidate[] = (suspects.data ?? []).map(({ investor: { id, name, tier }, reasons }) => ({
      id,
      name,
      tier,
      note: reasonWords(reasons),
    }))
    return { items, query: suspects, settled }
  }
  const hits = (found.data ?? []).flatMap((hit): Candidate[] =>
    hit.kind === 'investor' && hit.id !== investor.id ? [{ id: hit.id, name: hit.name, tier: hit.tier }] : [],
  )
  return { items: hits, query: found, settled }
}

function Choose({ investor, onOther }: { investor: Investor; onOther: (id: string) => void }) {
  const [typed, setTyped] = useState('')
  const label = useId()
  const { items, query, settled } = useCandidates(investor, typed)
  return (
    <div className="flex flex-col gap-3">
      <p id={label} className="text-ink-2">
        Which investor is a duplicate of {investor.name}? It is merged into this one, with everything that belongs to it.
      </p>
      <div className="relative">
        <Search className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-3" aria-hidden />
        <Input
          value={typed}
          onChange={setTyped}
          aria-labelledby={label}
          placeholder="Find an investor"
          className="pl-9"
          autoComplete="off"
        />
      </div>
      {query.isPending ? (
        <SkeletonLines lines={3} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <ul aria-label={settled === '' ? 'Likely duplicates' : 'Search results'}>
          {items.map(({ id, name, tier, note }) => (
            <li key={id}>
              <button
                type="button"
                onClick={() => onOther(id)}
                className="flex min-h-10 w-full items-center gap-3 rounded-md px-2 text-left hover:bg-hover max-md:min-h-11"
              >
                <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
                {note && <span className="text-xs text-ink-3">{note}</span>}
                <TierBadge tier={tier} />
              </button>
            </li>
          ))}
          {items.length === 0 && (
            <li className="py-3 text-ink-3">
              {settled === '' ? 'No likely duplicates. Type a name to find an investor.' : 'No investors found.'}
            </li>
          )}
        </ul>
      )}
    </div>
  )
}

function Chosen({ investor, otherId, onDone, onBack }: { investor: Investor; otherId: string; onDone: () => void; onBack: () => void }) {
  const query = useQuery({ queryKey: keys.investors.one(otherId), queryFn: () => investorGet(otherId) })
  if (query.isPending) return <SkeletonLines lines={8} />
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return <Compare key={`${investor.version}/${query.data.version}`} stays={investor} goes={query.data} onDone={onDone} onBack={onBack} />
}

/** Choose the duplicate, compare the two, and merge them. */
export function MergePanel({
  investor,
  other,
  onOther,
}: {
  investor: Investor
  other: string | undefined
  onOther: (id: string | undefined) => void
}) {
  const close = () => onOther(undefined)
  return (
    <SidePanel open={other !== undefined} onClose={close} title={`Merge into ${investor.name}`}>
      {other === CHOOSE || other === investor.id || other === undefined ? (
        <Choose investor={investor} onOther={onOther} />
      ) : (
        <Chosen investor={investor} otherId={other} onDone={close} onBack={() => onOther(CHOOSE)} />
      )}
    </SidePanel>
  )
}
