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

/** Sets a new password for a user who lost theirs. */
export function PasswordReset({ user }: { user: User }) {
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => ({ password: passwordMistake(password) }),
    // Uses the version just read: a password doesn't overwrite anyone's edit.
    send: async ({ password }) => userUpdate(await userGet(user.id), { password }),
    onDone: (saved) => {
      client.setQueryData(keys.users.one(saved.id), saved)
      setOpen(false)
      form.reset()
      toast.done(`Password of ${saved.name} changed`, { detail: 'They have to sign in again on all their devices.' })
    },
  })
  if (!open) {
    return (
      <div className="flex items-center justify-between gap-4">
        <p className="text-ink-2">When {user.name} can’t sign in, set a new password and pass it on.</p>
        <Button onClick={() => setOpen(true)}>Set password</Button>
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
          Set password
        </Button>
      </div>
    </form>
  )
}
