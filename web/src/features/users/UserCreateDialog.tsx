import { useIsMutating, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { keys } from '@/api/keys'
import { emailMistake, nameMistake, passwordMistake, usernameMistake } from '@/api/rules'
import type { Role, User } from '@/api/types'
import { userCreate } from '@/api/users'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/inputs'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { NewPassword } from './NewPassword'
import { RolePicker } from './RolePicker'

interface Values {
  name: string
  username: string
  email: string
  roles: Role[]
  password: string
}

const EMPTY: Values = { name: '', username: '', email: '', roles: [], password: '' }

function check({ name, username, email, roles, password }: Values) {
  return {
    name: nameMistake(name),
    username: usernameMistake(username),
    email: emailMistake(email),
    roles: roles.length === 0 ? 'Choose at least one role.' : undefined,
    password: passwordMistake(password),
  }
}

function Form({ formId, onDone }: { formId: string; onDone: (user: User) => void }) {
  const client = useQueryClient()
  const form = useForm({
    initial: EMPTY,
    check,
    mutationKey: [formId],
    send: (values, key) => userCreate({ ...values, username: values.username.trim() }, key),
    onDone: (user: User) => {
      void client.invalidateQueries({ queryKey: keys.users.all })
      onDone(user)
    },
  })
  return (
    <form id={formId} noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Name" required error={form.errors['name']}>
          <Input {...form.bind('name')} autoComplete="off" />
        </Field>
        <Field label="Username" required error={form.errors['username']} hint="Used to sign in. It can’t be changed later.">
          <Input {...form.bind('username')} autoComplete="off" autoCapitalize="none" spellCheck={false} />
        </Field>
      </div>
      <Field label="Email" required error={form.errors['email']}>
        <Input {...form.bind('email')} type="email" autoComplete="off" />
      </Field>
      <RolePicker value={form.values.roles} onChange={(roles) => form.set('roles', roles)} error={form.errors['roles']} />
      <NewPassword label="Initial password" {...form.bind('password')} error={form.errors['password']} />
    </form>
  )
}

export interface UserCreateDialogProps {
  open: boolean
  onClose: () => void
  onCreated: (user: User) => void
}

export function UserCreateDialog({ open, onClose, onCreated }: UserCreateDialogProps) {
  const formId = useId()
  const busy = useIsMutating({ mutationKey: [formId] }) > 0
  const done = (user: User) => {
    onClose()
    toast.done(`${user.name} can now sign in`, { action: { label: 'Open', run: () => onCreated(user) } })
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="New user"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Create
          </Button>
        </>
      }
    >
      <Form formId={formId} onDone={done} />
    </Dialog>
  )
}
