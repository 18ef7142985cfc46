import { useRef, useState } from 'react'
import { lastChange } from '@/api/audit'
import { Problem, asProblem } from '@/api/problem'
import { changes, rebase, same } from '@/lib/rebase'
import { useForm } from './useForm'

/** Times that a save is repeated on top of someone else's changes to other fields. */
const MOST_REPEATS = 3

export interface EntityFormOptions<E extends { id: string; version: number }, V extends object> {
  /** The entity to edit; omitted for a new one. */
  entity: E | undefined
  /** Its name in the audit trail: `cash_flow`. */
  kind: string
  /** Where a new one is created, or which part of the entity is edited: tells drafts of the same kind apart. */
  place?: string
  /** Initial values of a new entity. */
  empty: V
  valuesOf: (entity: E) => V
  check: (values: V) => Partial<Record<keyof V & string, string>>
  create?: (values: V, key: string) => Promise<E>
  /** Sends the differences between the two. */
  update: (base: E, values: V, before: V) => Promise<E>
  reload: (base: E) => Promise<E>
  /** `before` is the entity that the edit was put on. */
  onDone: (saved: E, before?: E) => void
}

export function isStale(error: unknown): boolean {
  const { status, code } = asProblem(error)
  return status === 412 || code === 'stale_version'
}

/**
 * A form for a versioned entity. The version sent is the one from when editing began: a newer one that arrives meanwhile replaces the values
 * only if nothing was edited. If someone else changed it first, changes to different fields are merged and saved; for fields that both
 * changed, the user chooses.
 */
export function useEntityForm<E extends { id: string; version: number }, V extends object>(options: EntityFormOptions<E, V>) {
  const { entity, kind, place, empty, valuesOf, check, create, update, reload, onDone } = options
  const what = kind.replaceAll('_', ' ')
  const [base, setBase] = useState(entity)
  /** The version that the last save was put on. */
  const under = useRef(entity)

  /** Saves on top of the newest version, unless both sides changed the same field. */
  const save = async (from: E, values: V, before: V, repeats = 0): Promise<E> => {
    under.current = from
    if (same(changes(values, before), {})) return from
    try {
      return await update(from, values, before)
    } catch (error) {
      if (!isStale(error) || repeats === MOST_REPEATS) throw error
    }
    const newer = await reload(from)
    const theirs = valuesOf(newer)
    const merged = rebase(values, before, theirs)
    if (merged.clashes.length === 0) return save(newer, merged.values, theirs, repeats + 1)
    const fields = merged.clashes.map(({ field }) => field)
    const who = await lastChange(kind, newer.id, fields)
    form.rebased(merged.values, theirs, { who, fields: merged.clashes })
    setBase(newer)
    throw new Problem({
      status: 412,
      code: 'stale_version',
      title: `${who ?? 'Someone else'} changed this ${what} while you were editing it`,
      detail: 'Nothing is lost: choose below what to keep, and save again.',
    })
  }

  const form = useForm<V, E>({
    initial: base ? valuesOf(base) : empty,
    check,
    draft: [kind, base?.id ?? 'new', place].filter(Boolean).join('/'),
    send: (values, key) => {
      if (base) return save(base, values, valuesOf(base))
      if (!create) throw new Error(`A ${what} can’t be created here`)
      return create(values, key)
    },
    onDone: (saved) => {
      if (base) {
        setBase(saved)
        form.reset(valuesOf(saved))
      }
      onDone(saved, under.current)
    },
  })
  if (entity && base && entity.version > base.version && !form.edited && !form.busy) {
    setBase(entity)
    form.reset(valuesOf(entity))
  }
  return { form, edited: form.edited, discard: form.startOver }
}
