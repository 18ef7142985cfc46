import { use, useEffect, useRef, useState } from 'react'
import { drafts } from '@/lib/drafts'
import { changes, rebase, same, type Rebased } from '@/lib/rebase'
import { watchUnsaved, type Unsaved } from '@/lib/unsaved'
import { Scope, mayLeave } from './leave'

const WRITE_AFTER_MS = 300

/** Values of a draft that this form still has, of the kind that it has. */
function fitting<V extends object>(initial: V, kept: Record<string, unknown>): Partial<V> {
  const alike = (a: unknown, b: unknown) => typeof a === typeof b && Array.isArray(a) === Array.isArray(b) && (a === null) === (b === null)
  const known = Object.entries(initial)
  return Object.fromEntries(
    known.filter(([field, value]) => alike(value, kept[field])).map(([field]) => [field, kept[field]]),
  ) as Partial<V>
}

/** What a form begins with: its draft on top of the initial values, which may have changed since the draft was written. */
export function resumed<V extends object>(key: string | null, initial: V): Rebased<V> & { at: number | null } {
  const kept = key === null ? null : drafts.get(key)
  if (!kept) return { values: initial, clashes: [], at: null }
  const before = { ...initial, ...fitting(initial, kept.base) }
  const found = rebase({ ...before, ...fitting(initial, kept.values) }, before, initial)
  return { ...found, at: same(found.values, initial) ? null : kept.at }
}

/** Keeps a form's unsaved input as a draft, and has it asked about before it is left. */
export function useDraft<V extends object>(key: string | null, values: V, base: V, startedAt: number | null, reset: () => void) {
  const scope = use(Scope)
  const [resumedAt, setResumedAt] = useState(startedAt)
  const dirty = useRef(false)
  const write = useRef<(() => void) | null>(null)

  useEffect(() => {
    if (key === null) return
    const edited = changes(values, base)
    dirty.current = Object.keys(edited).length > 0
    const before = Object.fromEntries(Object.entries(base).filter(([field]) => field in edited))
    write.current = () => {
      write.current = null
      if (dirty.current) drafts.put(key, edited, before)
      else drafts.remove(key)
    }
    const timer = setTimeout(() => write.current?.(), WRITE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [key, values, base])

  // The page may be closed, or the form may disappear, before the pause is over.
  useEffect(() => {
    const flush = () => write.current?.()
    window.addEventListener('pagehide', flush)
    return () => {
      window.removeEventListener('pagehide', flush)
      flush()
    }
  }, [key])

  const forget = () => {
    dirty.current = false
    write.current = null
    if (key !== null) drafts.remove(key)
    setResumedAt(null)
  }
  const discard = () => {
    forget()
    reset()
  }
  const latest = useRef(discard)
  useEffect(() => {
    latest.current = discard
  })
  const [form] = useState<Omit<Unsaved, 'scope'>>(() => ({
    isDirty: () => dirty.current,
    release: () => {
      write.current?.()
      dirty.current = false
    },
    discard: () => latest.current(),
  }))
  useEffect(() => (key === null ? undefined : watchUnsaved({ ...form, scope })), [key, form, scope])

  return {
    resumedAt,
    discard,
    saved: forget,
    leave: (go: () => void) => {
      if (!form.isDirty()) return go()
      void mayLeave([{ ...form, scope }]).then((left) => left && go())
    },
  }
}
