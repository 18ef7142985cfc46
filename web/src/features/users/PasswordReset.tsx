import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { keys } from '@/api/keys'
import { passwordMistake } from '@/api/rules'
import type { User } from '@/api/types'
import { userGet, userUpdate } from '@/api/users'
import { Button } from '@/ui/Button'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { NewPassword } from './NewPassword'

/** A new password for someone who lost theirs. */
export function PasswordReset({ user }: { user: User }) {
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => ({ password: passwordMistake(password) }),
    // Of the version read just now: a password overwrites no one's edit.
    send: async ({ password }) => userUpdate(await userGet(user.id), { password }),
    onDone: (saved) => {
      client.setQueryData(keys.users.one(saved.id), saved)
      setOpen(false)
      form.reset()
      toast.done(`${saved.name} has a new password`, { detail: 'Where they were signed in they have to sign in again.' })
    },
  })
  if (!open) {
    return (
      <div className="flex items-center justify-between gap-4">
        <p className="text-ink-2">When {user.name} cannot sign in, set a new password and hand it over.</p>
        <Button onClick={() => setOpen(true)}>Set a password</Button>
      </div>
    )
  }
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <NewPassword label="New password" {...form.bind('password')} error={form.errors['password']} />
      <div className="flex justify-end gap-2">
        <Button onClick={() => setOpen(false)}>Cancel</Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Set the password
        </Button>
      </div>
    </form>
  )
}
