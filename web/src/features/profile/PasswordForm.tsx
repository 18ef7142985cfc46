import { useQueryClient } from '@tanstack/react-query'
import { passwordChange } from '@/api/auth'
import { keys } from '@/api/keys'
import { passwordMistake } from '@/api/rules'
import { useMe } from '@/session/useMe'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { NewPasswordField } from '@/ui/NewPasswordField'
import { PasswordInput } from '@/ui/PasswordInput'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'

const EMPTY = { current_password: '', new_password: '' }

export function PasswordForm() {
  const client = useQueryClient()
  const me = useMe()
  const form = useForm({
    initial: EMPTY,
    draft: null,
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
        <NewPasswordField
          label="New password"
          {...form.bind('new_password')}
          error={form.errors['new_password']}
          about={[me.name, me.username, me.email]}
        />
      </div>
      <div className="flex justify-end">
        <Button type="submit" busy={form.busy}>
          Change password
        </Button>
      </div>
    </form>
  )
}
