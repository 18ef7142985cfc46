import type { MyReminder, Page } from '@/api/types'

/** One page from each of several lists, in the order of the lists. */
export type Turn = readonly Page<MyReminder>[]
/** Cursor of each list; undefined at its start and null at its end. */
export type Cursors = readonly (string | null | undefined)[]

export function nextCursors(last: Turn): Cursors | undefined {
  const cursors = last.map((page) => page.next_cursor ?? null)
  return cursors.some((cursor) => cursor !== null) ? cursors : undefined
}

/**
 * Merges several lists by due time. Reminders later than the last known one of an unfinished list are held back until that list is loaded,
 * so that nothing appears before what is already shown.
 */
export function merged(turns: readonly Turn[]): MyReminder[] {
  const lists = turns[0]?.map((_, n) => turns.flatMap((turn) => turn[n]?.items ?? [])) ?? []
  const goesOn = nextCursors(turns.at(-1) ?? []) ?? []
  let known = Number.POSITIVE_INFINITY
  lists.forEach((list, n) => {
    if (goesOn[n]) known = Math.min(known, Date.parse(list.at(-1)?.due_at ?? '') || Number.NEGATIVE_INFINITY)
  })
  const at = ({ due_at: due }: MyReminder) => Date.parse(due)
  return lists
    .flat()
    .filter((one) => at(one) <= known)
    .sort((a, b) => at(a) - at(b))
}
