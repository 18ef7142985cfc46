import { useQuery } from '@tanstack/react-query'
import { Copy } from 'lucide-react'
import { duplicateList } from '@/api/duplicates'
import { keys } from '@/api/keys'
import { Button } from '@/ui/Button'
import { reasonWords } from './words'

const SHOWN = 3

/** Possible duplicates of the investor on the page. Shows nothing if there are none, or if they can't be read. */
export function Suspects({ investorId, onCompare }: { investorId: string; onCompare: (otherId: string) => void }) {
  const { data = [] } = useQuery({ queryKey: keys.investors.duplicates(investorId), queryFn: () => duplicateList(investorId) })
  if (data.length === 0) return null
  return (
    <section aria-label="Possible duplicates" className="mt-4 rounded-lg border border-line bg-amber-bg px-4 py-2">
      <ul>
        {data.slice(0, SHOWN).map(({ investor, reasons }) => (
          <li key={investor.id} className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 py-1">
            <Copy className="size-4 shrink-0 text-amber" aria-hidden />
            <span className="min-w-0 flex-1 truncate">
              Possible duplicate of <span className="font-medium">{investor.name}</span>{' '}
              <span className="text-xs text-ink-2">({reasonWords(reasons)})</span>
            </span>
            <Button onClick={() => onCompare(investor.id)}>Compare</Button>
          </li>
        ))}
      </ul>
      {data.length > SHOWN && <p className="pb-1 text-xs text-ink-2">and {data.length - SHOWN} more</p>}
    </section>
  )
}
