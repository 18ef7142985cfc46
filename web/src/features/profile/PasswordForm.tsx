import { useQueryClient } from '@tanstack/react-query'
import { passwordChange } from '@/api/auth'
import { keys } from '@/api/keys'
import { PASSWORD_MIN, passwordMistake } from '@/api/rules'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { PasswordInput } from '@/ui/PasswordInput'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'

const EMPTY = { current_password: '', new_password: '' }

export function PasswordForm() {
  const client = useQueryClient()
  const form = useForm({
    initial: EMPTY,
    check: (values) => ({
      current_password: values.current_password === '' ? 'Enter your current password.' : undefined,
      new_password: passwordMistake(values.new_password),
    }),
    send: (values) => passwordChange(values),
    onDone: () => {
      form.reset(EMPTY)
      void client.invalidateQueries({ queryKey: keys.sessions })
      toast.done('Password changed')
    },
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Current password" required error={form.errors['current_password']}>
          <PasswordInput {...form.bind('current_password')} autoComplete="current-password" />
        </Field>
        <Field label="New password" required error={form.errors['new_password']} hint={`At least ${PASSWORD_MIN} characters.`}>
          <PasswordInput {...form.bind('new_password')} autoComplete="new-password" />
        </Field>
      </div>
      <div className="flex justify-end">
        <Button type="submit" busy={form.busy}>
          Change password
        </Button>
      </div>
    </form>
  )
}
