import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import { emailMistake, nameMistake } from '@/api/rules'
import type { Role, User, UserPatch, UserStatus } from '@/api/types'
import { userGet, userUpdate } from '@/api/users'
import { USER_STATUSES } from '@/api/words'
import { useMe } from '@/session/useMe'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select } from '@/ui/inputs'
import { PendingEmail } from '@/ui/PendingEmail'
import { SaveButtons } from '@/ui/SaveButtons'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { changes } from '@/lib/rebase'
import { RolePicker } from './RolePicker'

interface Values {
  name: string
  email: string
  status: UserStatus
  roles: Role[]
}

const valuesOf = ({ name, email, status, roles }: User): Values => ({ name, email, status, roles: [...roles].sort() })

function check({ name, email, roles }: Values) {
  return { name: nameMistake(name), email: emailMistake(email), roles: roles.length === 0 ? 'Choose at least one role.' : undefined }
}

/** A user who has not accepted their invitation is invited rather than active. */
function statusOptions(user: User) {
  const statuses: UserStatus[] = [user.invited_at ? 'invited' : 'active', 'disabled']
  return statuses.map((value) => ({ value, label: USER_STATUSES[value] }))
}

const LAST_ADMIN = new Problem({
  status: 409,
  code: 'last_admin',
  title: 'This is the last admin who can sign in',
  detail: 'Without one, nobody could manage users or search the audit trail. Make someone else an admin first.',
})

/** Saves a change with an undo. */
function useSave() {
  const client = useQueryClient()
  const stored = (user: User) => {
    client.setQueryData(keys.users.one(user.id), user)
    void client.invalidateQueries({ queryKey: keys.users.all })
    void client.invalidateQueries({ queryKey: keys.me })
    return user
  }
  const save = async (user: User, patch: UserPatch) => stored(await userUpdate(user, patch))
  const latest = async (user: User) => stored(await userGet(user.id))
  const undo = useMutation({
    mutationFn: ({ saved, before }: { saved: User; before: Values }) => save(saved, changes(before, valuesOf(saved))),
    onError: (error) => toast.error('Couldn’t undo the change', error),
  })
  const cancel = useMutation({
    mutationFn: ({ user, patch }: { user: User; patch: UserPatch }) => save(user, patch),
    onError: (error) => toast.error('Couldn’t cancel the change of address', error),
  })
  return { save, latest, undo: undo.mutate, cancel: cancel.mutate, cancelling: cancel.isPending }
}

/** Name, email, roles and status of a user; only edited fields are sent. */
export function UserForm({ user }: { user: User }) {
  const me = useMe()
  const statusHint = useId()
  const { save, latest, undo, cancel, cancelling } = useSave()
  const { form, edited, discard } = useEntityForm<User, Values>({
    entity: user,
    kind: 'user',
    empty: valuesOf(user),
    valuesOf,
    check,
    update: async (base, values, before) => {
      try {
        return await save(base, changes(values, before))
      } catch (error) {
        throw error instanceof Problem && error.code === 'state_conflict' ? LAST_ADMIN : error
      }
    },
    reload: latest,
    onDone: (saved, base = user) => {
      const sent = saved.pending_email !== base.pending_email ? saved.pending_email : null
      const before = valuesOf(base)
      const renewed = saved.invited_at === base.invited_at ? undefined : 'Their previous invitation no longer works.'
      if (sent) toast.done(`Link sent to ${sent}`, { detail: 'The address changes when it is followed.' })
      else toast.done(`${saved.name} saved`, { detail: renewed, action: { label: 'Undo', run: () => undo({ saved, before }) } })
    },
  })
  const disabling = form.values.status === 'disabled' && user.status !== 'disabled'
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Field label="Name" required error={form.errors['name']}>
        <Input {...form.bind('name')} autoComplete="off" />
      </Field>
      <Field label="Email" required error={form.errors['email']}>
        <Input {...form.bind('email')} type="email" autoComplete="off" />
      </Field>
      {user.pending_email && (
        <PendingEmail email={user.pending_email} busy={cancelling} onCancel={() => cancel({ user, patch: { email: user.email } })} />
      )}
      <RolePicker value={form.values.roles} onChange={(roles) => form.set('roles', [...roles].sort())} error={form.errors['roles']} />
      <Field
        label="Status"
        required
        error={form.errors['status']}
        hint={
          disabling ? (
            <span id={statusHint} className="text-amber">
              {user.invited_at
                ? 'Their invitation no longer works. Nothing is deleted.'
                : 'They’re signed out and can’t sign in again. Nothing is deleted.'}
            </span>
          ) : undefined
        }
      >
        <Select value={form.values.status} onChange={(status) => form.set('status', status)} options={statusOptions(user)} />
      </Field>
      {user.id === me.id && edited && (
        <p className="text-xs text-ink-3">This is your own account: a role you remove is lost immediately.</p>
      )}
      <FormActions>
        <SaveButtons edited={edited} busy={form.busy} onDiscard={discard} />
      </FormActions>
    </form>
  )
}
