import type { RequirementCard } from '@/api/types'

type Node = Pick<RequirementCard, 'id' | 'parent_id' | 'number'>

/** A requirement at its place in the outline. */
export interface Row<T extends Node> {
  card: T
  /** 0 for a requirement without a parent. */
  depth: number
  children: number
}

function childrenOf<T extends Node>(cards: readonly T[]): Map<string | null, T[]> {
  const known = new Set(cards.map(({ id }) => id))
  const by = new Map<string | null, T[]>()
  for (const card of cards.toSorted((a, b) => a.number - b.number)) {
    // One whose parent isn't loaded (yet) is shown at the top level.
    const parent = card.parent_id && known.has(card.parent_id) ? card.parent_id : null
    const among = by.get(parent)
    if (among) among.push(card)
    else by.set(parent, [card])
  }
  return by
}

/** The requirements as an outline, by number within each parent; children of collapsed ones are omitted. */
export function outline<T extends Node>(cards: readonly T[], folded: ReadonlySet<string>): Row<T>[] {
  const by = childrenOf(cards)
  const rows: Row<T>[] = []
  const seen = new Set<string>()
  const add = (card: T, depth: number) => {
    if (seen.has(card.id)) return
    seen.add(card.id)
    const below = by.get(card.id) ?? []
    rows.push({ card, depth, children: below.length })
    if (!folded.has(card.id)) for (const child of below) add(child, depth + 1)
  }
  for (const card of by.get(null) ?? []) add(card, 0)
  return rows
}

/** A requirement and all its descendants, none of which can become its parent. */
export function within(cards: readonly Node[], id: string): Set<string> {
  const by = childrenOf(cards)
  const found = new Set([id])
  const queue = [id]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const child of by.get(next) ?? []) {
      if (found.has(child.id)) continue
      found.add(child.id)
      queue.push(child.id)
    }
  }
  return found
}
