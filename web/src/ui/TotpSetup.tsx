import type { TotpSecret } from '@/api/types'
import { Button } from './Button'
import { Field } from './Field'
import { Input } from './inputs'
import { QrCode } from './QrCode'
import { FormError } from './states'
import { useForm } from './useForm'

export interface TotpSetupProps<R> {
  secret: TotpSecret
  action: string
  confirm: (code: string) => Promise<R>
  onDone: (result: R) => void
}

/** Shows the secret of a new authenticator app and asks for its first code. */
export function TotpSetup<R>({ secret: { secret, uri }, action, confirm, onDone }: TotpSetupProps<R>) {
  const form = useForm<{ code: string }, R>({
    initial: { code: '' },
    draft: null,
    check: ({ code }) => ({ code: code.trim() === '' ? 'Enter the code that the app shows.' : undefined }),
    send: ({ code }) => confirm(code.trim()),
    onDone,
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <p className="text-ink-2">
        Scan the code with an authenticator app, <a href={uri}>open it on this device</a>, or type the secret.
      </p>
      <div className="flex flex-wrap items-center gap-4">
        <QrCode text={uri} label="QR code for the authenticator app" />
        <code className="min-w-0 flex-1 font-mono text-xs break-all select-all">{secret}</code>
      </div>
      <Field label="Code from your authenticator app" required error={form.errors['code']}>
        <Input {...form.bind('code')} autoComplete="one-time-code" inputMode="numeric" />
      </Field>
      <Button type="submit" variant="primary" className="w-full" busy={form.busy}>
        {action}
      </Button>
    </form>
  )
}
