import { useMutation, type MutationKey } from '@tanstack/react-query'
import { useRef, useState, type FormEvent } from 'react'
import { flushSync } from 'react-dom'
import { asProblem, errorsByField, type Problem } from '@/api/problem'
import { newId } from '@/lib/id'

export interface FormOptions<V extends object, R> {
  initial: V
  /** Messages by field name; a form with any is not sent. */
  check?: (values: V) => Partial<Record<keyof V & string, string>>
  /** Sends the values. The key stays the same while the same values are retried, so nothing is created twice. */
  send: (values: V, key: string) => Promise<R>
  onDone: (result: R, values: V) => void
  /** Lets components outside the form follow its submission with `useIsMutating`. */
  mutationKey?: MutationKey
}

type Errors = Record<string, string>

interface Attempt<V> {
  values: V
  key: string
  form: HTMLFormElement
}

function focusFirstInvalid(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}

/** Values, errors and submission of one form. The server's field errors appear at the fields of the same name. */
export function useForm<V extends object, R>({ initial, check, send, onDone, mutationKey }: FormOptions<V, R>) {
  const [values, setValues] = useState(initial)
  const [errors, setErrors] = useState<Errors>({})
  const [problem, setProblem] = useState<Problem | null>(null)
  const attempt = useRef({ body: '', key: '' })

  const set = <K extends keyof V & string>(name: K, value: V[K]) => {
    setValues((current) => ({ ...current, [name]: value }))
    setErrors(({ [name]: _fixed, ...others }) => others)
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
    const found = Object.entries(check?.(values) ?? {}).filter((entry): entry is [string, string] => Boolean(entry[1]))
    if (found.length > 0) return refuse(form, Object.fromEntries(found), null)
    const body = JSON.stringify(values)
    if (attempt.current.body !== body) attempt.current = { body, key: newId() }
    setErrors({})
    setProblem(null)
    sending.mutate({ values, key: attempt.current.key, form })
  }
  const reset = (next: V = initial) => {
    setValues(next)
    setErrors({})
    setProblem(null)
  }
  /** Props for a text control: `<Input {...form.bind('name')} />`. */
  const bind = <K extends keyof V & string>(name: K) => ({
    name,
    value: values[name],
    onChange: (value: V[K]) => set(name, value),
  })

  return { values, set, bind, errors, problem, busy: sending.isPending, onSubmit, reset }
}
