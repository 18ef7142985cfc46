import { useQuery } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import { milestoneList } from '@/api/milestones'
import { requirementList } from '@/api/requirements'
import type { Milestone, Page, RequirementCard } from '@/api/types'

const NONE: readonly RequirementCard[] = []
/** Keeps a select in a form from loading without end. */
const MAX_PAGES = 20

async function every<T>(page: (cursor: string | null) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = []
  let cursor: string | null = null
  for (let read = 0; read < MAX_PAGES; read += 1) {
    const { items, next_cursor: next }: Page<T> = await page(cursor)
    found.push(...items)
    if (!next) break
    cursor = next
  }
  return found
}

/** A product's requirements (the first 2,000), for selecting one and for resolving ids. */
export function useRequirements(productId: string, enabled = true) {
  const { data, isPending } = useQuery({
    queryKey: keys.requirements.everyone(productId),
    queryFn: () => every<RequirementCard>((cursor) => requirementList(productId, {}, cursor)),
    enabled,
    staleTime: 60_000,
  })
  return { requirements: data ?? NONE, loading: enabled && isPending }
}

/** A product's milestones by due date. */
export function useMilestones(productId: string) {
  return useQuery({
    queryKey: keys.milestones.of(productId),
    queryFn: () => every<Milestone>((cursor) => milestoneList(productId, cursor)),
  })
}
