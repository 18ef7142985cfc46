import { KeyRound } from 'lucide-react'
import { NAME_MAX, nameMistake } from '@/api/rules'
import { deviceName } from '@/lib/device'
import { Button } from './Button'
import { Field } from './Field'
import { Input } from './inputs'
import { FormError } from './states'
import { useForm } from './useForm'

export interface PasskeySetupProps<R> {
  action: string
  /** Lets the user create a passkey in their browser, and stores it under the name. */
  create: (name: string) => Promise<R>
  onDone: (result: R) => void
}

/** Asks for the name of a new passkey, and lets the user create it. */
export function PasskeySetup<R>({ action, create, onDone }: PasskeySetupProps<R>) {
  const form = useForm<{ name: string }, R>({
    initial: { name: deviceName(navigator.userAgent) },
    draft: null,
    check: ({ name }) => ({ name: nameMistake(name) }),
    send: ({ name }) => create(name.trim()),
    onDone,
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <p className="text-ink-2">
        A passkey is kept on this device, in your password manager or on a security key. You use it with your fingerprint, your face or a
        PIN, also instead of your password.
      </p>
      <Field label="Name" required error={form.errors['name']} hint="Tells it from your other passkeys.">
        <Input {...form.bind('name')} autoComplete="off" maxLength={NAME_MAX} />
      </Field>
      <Button type="submit" variant="primary" icon={KeyRound} className="w-full" busy={form.busy}>
        {action}
      </Button>
    </form>
  )
}
