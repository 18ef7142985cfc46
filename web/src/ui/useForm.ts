import { useMutation, type MutationKey } from '@tanstack/react-query'
import { useMemo, useRef, useState, type FormEvent } from 'react'
import { flushSync } from 'react-dom'
import { asProblem, errorsByField, type Problem } from '@/api/problem'
import { newId } from '@/lib/id'
import { both, changes, same, type Clash } from '@/lib/rebase'
import { resumed, useDraft } from './useDraft'

export interface FormOptions<V extends object, R> {
  /** Read once, when the form appears; `reset` and `rebased` replace it. */
  initial: V
  /** Messages by field name; a form with any is not sent. */
  check?: (values: V) => Partial<Record<keyof V & string, string>>
  /** Sends the values. The key stays the same while the same values are retried, so nothing is created twice. */
  send: (values: V, key: string) => Promise<R>
  onDone: (result: R, values: V) => void
  /**
   * Name under which unsaved input is kept in this browser, the same each time this form appears. Null for a form whose input is never kept
   * and never asked about: one for secrets, or one that only confirms.
   */
  draft: string | null
  /** Lets components outside the form follow its submission with `useIsMutating`. */
  mutationKey?: MutationKey
}

type Errors = Record<string, string>

/** What the user chose to keep of a field that both sides changed. */
export type Kept = 'theirs' | 'mine' | 'both'

export interface Conflict<V extends object> {
  /** Who changed it, if known. */
  who: string | undefined
  fields: (Clash<V> & { kept?: Kept })[]
}

interface Attempt<V> {
  values: V
  key: string
  form: HTMLFormElement
}

function focusFirstInvalid(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}

/** The fields of a conflict, and the choice of what to keep of each. */
function useConflict<V extends object>(values: V, set: (field: keyof V & string, value: V[keyof V & string]) => void) {
  const [conflict, setConflict] = useState<Conflict<V> | null>(null)
  const keep = (field: keyof V & string, kept: Kept) => {
    const clash = conflict?.fields.find((one) => one.field === field)
    if (!clash || !conflict) return
    // Until theirs is chosen, mine is what the field holds now: it may have been edited since.
    const mine = clash.kept === undefined || clash.kept === 'mine' ? values[field] : clash.mine
    set(field, { theirs: clash.theirs, mine, both: both(clash.theirs, mine) }[kept] as V[keyof V & string])
    setConflict({ ...conflict, fields: conflict.fields.map((one) => (one === clash ? { ...one, mine, kept } : one)) })
  }
  const undecided = Object.fromEntries(
    (conflict?.fields ?? []).filter(({ kept }) => kept === undefined).map(({ field }) => [field, 'Choose which version to keep.']),
  )
  return { conflict, setConflict, keep, undecided }
}

/** Values, errors, draft, conflict and submission of one form. The server's field errors appear at the fields of the same name. */
export function useForm<V extends object, R>({ initial, check, send, onDone, draft, mutationKey }: FormOptions<V, R>) {
  const [start] = useState(() => resumed(draft, initial))
  const [values, setValues] = useState(start.values)
  const [base, setBase] = useState(initial)
  const [errors, setErrors] = useState<Errors>({})
  const [problem, setProblem] = useState<Problem | null>(null)
  const attempt = useRef({ body: '', key: '' })

  const set = <K extends keyof V & string>(name: K, value: V[K]) => {
    setValues((current) => ({ ...current, [name]: value }))
    setErrors(({ [name]: _fixed, ...others }) => others)
  }
  const { conflict, setConflict, keep, undecided } = useConflict(values, set)
  const [resumedConflict, setResumedConflict] = useState(start.clashes)
  if (resumedConflict.length > 0) {
    setResumedConflict([])
    setConflict({ who: undefined, fields: resumedConflict })
  }

  const reset = (next: V | ((current: V) => V) = base) => {
    const made = next instanceof Function ? next : () => next
    setValues(made)
    if (!(next instanceof Function)) setBase(next)
    setErrors({})
    setProblem(null)
    setConflict(null)
  }
  // Until a choice is made, the draft goes back behind the other change, so that it asks again when it is put back.
  const draftBase = useMemo(() => {
    const open = conflict?.fields.filter(({ kept }) => kept === undefined) ?? []
    return { ...base, ...Object.fromEntries(open.map((clash) => [clash.field, clash.base])) }
  }, [base, conflict])
  const unsaved = useDraft(draft, values, draftBase, start.at, () => reset())
  /** Puts the values on top of a newer version, in which someone else may have changed the same fields. */
  const rebased = (next: V, newer: V, found?: Conflict<V>) => {
    setValues(next)
    setBase(newer)
    if (found) setConflict(found)
  }

  const refuse = (form: HTMLFormElement, found: Errors, general: Problem | null) => {
    // The messages must be rendered before the focus moves to one; after a response, React would render them some frames later.
    flushSync(() => {
      setErrors(found)
      setProblem(general)
    })
    focusFirstInvalid(form)
  }
  const sending = useMutation({
    mutationKey,
    mutationFn: ({ values: sent, key }: Attempt<V>) => send(sent, key),
    onSuccess: (result, { values: sent }) => {
      attempt.current = { body: '', key: '' }
      setConflict(null)
      unsaved.saved()
      onDone(result, sent)
    },
    onError: (error, { values: sent, form }) => {
      const refused = asProblem(error)
      const byField = errorsByField(refused)
      const known = Object.keys(byField).some((field) => field in sent)
      refuse(form, byField, known ? null : refused)
    },
  })
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    if (sending.isPending) return
    const mistakes = { ...check?.(values), ...undecided }
    const found = Object.entries(mistakes).filter((entry): entry is [string, string] => Boolean(entry[1]))
    if (found.length > 0) return refuse(form, Object.fromEntries(found), problem)
    const body = JSON.stringify(values)
    if (attempt.current.body !== body) attempt.current = { body, key: newId() }
    setErrors({})
    setProblem(null)
    sending.mutate({ values, key: attempt.current.key, form })
  }
  /** Props for a text control: `<Input {...form.bind('name')} />`. */
  const bind = <K extends keyof V & string>(name: K) => ({
    name,
    value: values[name],
    onChange: (value: V[K]) => set(name, value),
  })

  return {
    values,
    set,
    bind,
    errors,
    problem,
    busy: sending.isPending,
    onSubmit,
    reset,
    rebased,
    conflict,
    keep: (field: keyof V & string, kept: Kept) => {
      keep(field, kept)
      setProblem(null)
    },
    edited: !same(changes(values, base), {}),
    /** When the draft that the form began with was written; null without one. */
    resumedAt: unsaved.resumedAt,
    /** Empties the form and removes its draft. */
    startOver: unsaved.discard,
    /** For Cancel and Escape: asks first if anything was typed. */
    leave: unsaved.leave,
  }
}

export type Form<V extends object, R> = ReturnType<typeof useForm<V, R>>
