import { useCallback, useMemo, useState } from 'react'
import type { TaskCard } from '@/api/types'

/** The selected rows that are still in the list. */
export function useChosen(tasks: readonly TaskCard[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const chosen = useMemo(() => tasks.filter(({ id }) => ids.has(id)), [tasks, ids])
  const toggle = useCallback(
    (id: string) => setIds((now) => (now.has(id) ? new Set([...now].filter((one) => one !== id)) : new Set([...now, id]))),
    [],
  )
  const choose = (some: readonly string[]) => setIds(new Set(some))
  const all: 'all' | 'some' | 'none' = chosen.length === 0 ? 'none' : chosen.length === tasks.length ? 'all' : 'some'
  const toggleAll = () => choose(all === 'all' ? [] : tasks.map(({ id }) => id))
  return { ids, chosen, toggle, choose, all, toggleAll }
}
