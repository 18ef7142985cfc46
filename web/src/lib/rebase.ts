/** A field that both sides changed, to different values. */
export interface Clash<V extends object> {
  field: keyof V & string
  /** What it was before either changed it. */
  base: unknown
  mine: unknown
  theirs: unknown
}

export interface Rebased<V extends object> {
  /** Fields edited here keep their value, all others take the newer one. */
  values: V
  clashes: Clash<V>[]
}

/** Form values after someone else's change. A field that only one side changed is no clash. */
export function rebase<V extends object>(edited: V, base: V, newer: V): Rebased<V> {
  const values = { ...newer }
  const clashes: Clash<V>[] = []
  for (const field of Object.keys(newer) as (keyof V & string)[]) {
    if (same(edited[field], base[field])) continue
    values[field] = edited[field]
    if (!same(newer[field], base[field]) && !same(newer[field], edited[field]))
      clashes.push({ field, base: base[field], mine: edited[field], theirs: newer[field] })
  }
  return { values, clashes }
}

/** The fields that differ from `base`: the merge patch to send. */
export function changes<V extends object>(edited: V, base: V): Partial<V> {
  const changed: Partial<V> = {}
  for (const field of Object.keys(edited) as (keyof V)[]) {
    if (!same(edited[field], base[field])) changed[field] = edited[field]
  }
  return changed
}

/** Two versions of a value in one: texts below each other, lists joined. Undefined if the values are neither. */
export function both(theirs: unknown, mine: unknown): unknown {
  if (Array.isArray(theirs) && Array.isArray(mine)) {
    return [...(theirs as unknown[]), ...(mine as unknown[]).filter((one) => !theirs.some((other) => same(one, other)))]
  }
  if (typeof theirs !== 'string' || typeof mine !== 'string') return undefined
  if (mine.includes(theirs)) return mine
  return theirs.includes(mine) ? theirs : `${theirs.trimEnd()}\n\n${mine.trimStart()}`
}

/** Whether two form values are equal; they are plain JSON. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
