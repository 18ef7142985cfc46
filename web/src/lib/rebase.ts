/** Form values after someone else's change: fields edited here keep their value, all others take the newer one. */
export function rebase<V extends object>(edited: V, base: V, newer: V): V {
  const merged = { ...newer }
  for (const field of Object.keys(newer) as (keyof V)[]) {
    if (!same(edited[field], base[field])) merged[field] = edited[field]
  }
  return merged
}

/** The fields that differ from `base`: the merge patch to send. */
export function changes<V extends object>(edited: V, base: V): Partial<V> {
  const changed: Partial<V> = {}
  for (const field of Object.keys(edited) as (keyof V)[]) {
    if (!same(edited[field], base[field])) changed[field] = edited[field]
  }
  return changed
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
