import { useState } from 'react'
import type { CodeProof } from '@/api/factors'
import type { FactorMethod } from '@/api/types'
import { Button } from './Button'
import { Field } from './Field'
import { Input } from './inputs'
import { PasswordInput } from './PasswordInput'
import { FormError } from './states'
import { useForm } from './useForm'

type CodeMethod = CodeProof['method']

const LABEL: Record<CodeMethod, string> = {
  password: 'Password',
  totp: 'Code from your authenticator app',
  recovery: 'Recovery code',
}

const SWITCH: Record<CodeMethod, string> = {
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
  /** Answers with a passkey; undefined if there is none that this browser can use. */
  passkey?: () => Promise<unknown>
}

function usesCode(method: FactorMethod): method is CodeMethod {
  return method === 'password' || method === 'totp' || method === 'recovery'
}

/** Asks for a password, a code or a passkey: the second step of a sign-in, and the proof that some changes need. */
export function CodeForm({ methods, action, send, onDone, passkey }: CodeFormProps) {
  const codes = methods.filter(usesCode)
  const [method, setMethod] = useState<CodeMethod | undefined>(codes[0])
  const form = useForm<{ code: string; password: string }, unknown>({
    initial: { code: '', password: '' },
    check: ({ code, password }) =>
      method === 'password'
        ? { password: password === '' ? 'Enter your password.' : undefined }
        : { code: code.trim() === '' ? 'Enter the code.' : undefined },
    send: ({ code, password }) =>
      method === undefined ? Promise.resolve() : send({ method, code: method === 'password' ? password : code.trim() }),
    onDone,
  })
  const withPasskey = useForm<object, unknown>({ initial: {}, send: async () => passkey?.(), onDone })
  return (
    <div className="flex flex-col gap-4">
      {passkey && (
        <form noValidate className="flex flex-col gap-4" onSubmit={withPasskey.onSubmit}>
          {withPasskey.problem && <FormError error={withPasskey.problem} />}
          <Button type="submit" variant={method === undefined ? 'primary' : 'secondary'} className="w-full" busy={withPasskey.busy}>
            Use a passkey
          </Button>
        </form>
      )}
      {method !== undefined && (
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
      )}
      {codes
        .filter((other) => other !== method)
        .map((other) => (
          <Button key={other} variant="quiet" onClick={() => setMethod(other)}>
            {SWITCH[other]}
          </Button>
        ))}
    </div>
  )
}
