import { useState } from 'react'
import { Problem } from '@/api/problem'
import { changes, rebase } from '@/lib/rebase'
import { useForm } from './useForm'

export interface EntityFormOptions<E extends { version: number }, V extends object> {
  /** The entity to edit; omitted for a new one. */
  entity: E | undefined
  /** Its name in a sentence: `product`. */
  what: string
  /** Initial values of a new entity. */
  empty: V
  valuesOf: (entity: E) => V
  check: (values: V) => Partial<Record<keyof V & string, string>>
  create?: (values: V, key: string) => Promise<E>
  /** Sends the differences between the two. */
  update: (base: E, values: V, before: V) => Promise<E>
  reload: (base: E) => Promise<E>
  /** `before` is the entity before the edit. */
  onDone: (saved: E, before?: E) => void
}

/**
 * A form for a versioned entity. If someone else changed it first, their version is shown with the user's edits on top; a newer version
 * that arrives without unsaved edits replaces the values.
 */
export function useEntityForm<E extends { version: number }, V extends object>(options: EntityFormOptions<E, V>) {
  const { entity, what, empty, valuesOf, check, create, update, reload, onDone } = options
  const [base, setBase] = useState(entity)
  const initial = base ? valuesOf(base) : empty
  const form = useForm<V, E>({
    initial,
    check,
    send: async (values, key) => {
      if (!base) {
        if (!create) throw new Error(`A ${what} can’t be created here`)
        return create(values, key)
      }
      try {
        return await update(base, values, initial)
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 412) throw error
        const newer = await reload(base)
        form.reset(rebase(values, initial, valuesOf(newer)))
        setBase(newer)
        throw new Problem({
          status: 412,
          code: 'stale_version',
          title: `Someone else changed this ${what}`,
          detail: 'Their version is now shown with your edits on top. Review it and save again.',
        })
      }
    },
    onDone: (saved) => {
      if (base) {
        setBase(saved)
        form.reset(valuesOf(saved))
      }
      onDone(saved, base)
    },
  })
  const edited = Object.keys(changes(form.values, initial)).length > 0
  if (entity && base && entity.version > base.version && !edited && !form.busy) {
    setBase(entity)
    form.reset(valuesOf(entity))
  }
  return { form, edited, discard: () => form.reset(initial) }
}
