import { useIsMutating, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { keys } from '@/api/keys'
import { emailMistake, nameMistake, usernameMistake } from '@/api/rules'
import type { InvitedUser, Role, User } from '@/api/types'
import { userCreate } from '@/api/users'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { FormNotes } from '@/ui/FormNotes'
import { Input } from '@/ui/inputs'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { LinkToPass } from './LinkToPass'
import { RolePicker } from './RolePicker'

interface Values {
  name: string
  username: string
  email: string
  roles: Role[]
}

const EMPTY: Values = { name: '', username: '', email: '', roles: [] }

function check({ name, username, email, roles }: Values) {
  return {
    name: nameMistake(name),
    username: usernameMistake(username),
    email: emailMistake(email),
    roles: roles.length === 0 ? 'Choose at least one role.' : undefined,
  }
}

function Form({ formId, onDone }: { formId: string; onDone: (user: InvitedUser) => void }) {
  const client = useQueryClient()
  const form = useForm({
    initial: EMPTY,
    draft: 'user/new',
    check,
    mutationKey: [formId],
    send: (values, key) => userCreate({ ...values, username: values.username.trim() }, key),
    onDone: (user: InvitedUser) => {
      void client.invalidateQueries({ queryKey: keys.users.all })
      onDone(user)
    },
  })
  return (
    <form id={formId} noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Name" required error={form.errors['name']}>
          <Input {...form.bind('name')} autoComplete="off" />
        </Field>
        <Field label="Username" required error={form.errors['username']} hint="Used to sign in. It can’t be changed later.">
          <Input {...form.bind('username')} autoComplete="off" autoCapitalize="none" spellCheck={false} />
        </Field>
      </div>
      <Field label="Email" required error={form.errors['email']} hint="The invitation to set a password goes here.">
        <Input {...form.bind('email')} type="email" autoComplete="off" />
      </Field>
      <RolePicker value={form.values.roles} onChange={(roles) => form.set('roles', roles)} error={form.errors['roles']} />
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
  const [made, setMade] = useState<InvitedUser>()
  const close = () => {
    onClose()
    setMade(undefined)
  }
  const done = (user: InvitedUser) => {
    if (user.invitation_link) {
      setMade(user)
      return
    }
    close()
    toast.done(`Invitation sent to ${user.email}`, { action: { label: 'Open', run: () => onCreated(user) } })
  }
  if (made?.invitation_link) {
    return (
      <Dialog open={open} onClose={close} title={`${made.name} is invited`} footer={<Button onClick={close}>Done</Button>}>
        <LinkToPass label="Invitation link" link={made.invitation_link} name={made.name} username={made.username} />
      </Dialog>
    )
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title="New user"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Create and invite
          </Button>
        </>
      }
    >
      <Form formId={formId} onDone={done} />
    </Dialog>
  )
}
