import { KeyRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { CodeProof } from '@/api/factors'
import type { FactorMethod } from '@/api/types'
import { Button } from './Button'
import { Field } from './Field'
import { Input } from './inputs'
import { PasswordInput } from './PasswordInput'
import { FormError } from './states'
import { useForm } from './useForm'

type CodeMethod = CodeProof['method']
type Method = CodeMethod | 'passkey'

const LABEL: Record<CodeMethod, string> = {
  password: 'Password',
  totp: 'Code from your authenticator app',
  recovery: 'Recovery code',
}

const SWITCH: Record<Method, string> = {
  passkey: 'Use a passkey',
  password: 'Use your password',
  totp: 'Use your authenticator app',
  recovery: 'Use a recovery code',
}

export interface CodeFormProps {
  methods: readonly FactorMethod[]
  action: string
  /** Sends the proof. */
  send: (proof: CodeProof) => Promise<unknown>
  onDone: () => void
  /** Answers with a passkey; undefined if there is none that this page can use. */
  passkey?: () => Promise<unknown>
  /** What the user should know first. */
  children?: ReactNode
}

function usesCode(method: FactorMethod): method is CodeMethod {
  return method === 'password' || method === 'totp' || method === 'recovery'
}

function Passkey({ answer, onDone }: { answer: () => Promise<unknown>; onDone: () => void }) {
  const form = useForm<object, unknown>({ initial: {}, draft: null, send: answer, onDone })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <p className="text-ink-2">Your device asks for your fingerprint, your face or a PIN.</p>
      <Button type="submit" variant="primary" icon={KeyRound} className="w-full" busy={form.busy} autoFocus>
        Use a passkey
      </Button>
    </form>
  )
}

function Code({ method, action, send, onDone }: Pick<CodeFormProps, 'action' | 'send' | 'onDone'> & { method: CodeMethod }) {
  const form = useForm<{ code: string; password: string }, unknown>({
    initial: { code: '', password: '' },
    draft: null,
    check: ({ code, password }) =>
      method === 'password'
        ? { password: password === '' ? 'Enter your password.' : undefined }
        : { code: code.trim() === '' ? 'Enter the code.' : undefined },
    send: ({ code, password }) => send({ method, code: method === 'password' ? password : code.trim() }),
    onDone,
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      {method === 'password' ? (
        <Field label={LABEL.password} required error={form.errors['password']}>
          <PasswordInput {...form.bind('password')} autoComplete="current-password" autoFocus />
        </Field>
      ) : (
        <Field label={LABEL[method]} required error={form.errors['code']}>
          <Input {...form.bind('code')} autoComplete="one-time-code" inputMode={method === 'totp' ? 'numeric' : 'text'} autoFocus />
        </Field>
      )}
      <Button type="submit" variant="primary" className="w-full" busy={form.busy}>
        {action}
      </Button>
    </form>
  )
}

/** Asks for a password, a code or a passkey: the second step of a sign-in, and the proof that some changes need. */
export function CodeForm({ methods, action, send, onDone, passkey, children }: CodeFormProps) {
  const usable = methods.filter((method): method is Method => (method === 'passkey' ? passkey !== undefined : usesCode(method)))
  const [method, setMethod] = useState(usable[0])
  return (
    <div className="flex flex-col gap-4">
      {children}
      {method === 'passkey' && passkey && <Passkey answer={passkey} onDone={onDone} />}
      {method !== undefined && method !== 'passkey' && <Code key={method} method={method} action={action} send={send} onDone={onDone} />}
      {usable.length > 1 && (
        <div className="flex flex-col gap-1">
          {usable
            .filter((other) => other !== method)
            .map((other) => (
              <Button key={other} variant="quiet" onClick={() => setMethod(other)}>
                {SWITCH[other]}
              </Button>
            ))}
        </div>
      )}
    </div>
  )
}
