import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { keys } from '@/api/keys'
import type { User } from '@/api/types'
import { userFactorsReset } from '@/api/users'
import { useMe } from '@/session/useMe'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { toast } from '@/ui/Toast'

/** Whether a user has a second factor, and its removal when they lost it. */
export function FactorReset({ user }: { user: User }) {
  const client = useQueryClient()
  const me = useMe()
  const [asking, setAsking] = useState(false)
  const reset = useMutation({
    mutationFn: () => userFactorsReset(user.id),
    onSuccess: () => toast.done(`Second factors of ${user.name} removed`, { detail: 'They were told by email.' }),
    onError: (error) => toast.error('Couldn’t remove the second factors', error),
    onSettled: () => {
      setAsking(false)
      return client.invalidateQueries({ queryKey: keys.users.all })
    },
  })
  if (!user.second_factor) return <p className="text-ink-2">None: {user.name} signs in with the password alone.</p>
  if (user.id === me.id) {
    return (
      <p className="text-ink-2">
        You manage your own in{' '}
        <Link to="/profile" className="text-accent underline">
          your profile
        </Link>
        .
      </p>
    )
  }
  return (
    <div className="flex items-center justify-between gap-4">
      <p className="text-ink-2">When {user.name} lost their device and their recovery codes, remove both.</p>
      <Button onClick={() => setAsking(true)}>Remove second factors</Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        size="small"
        title="Remove second factors?"
        description={`The passkeys, authenticator app and recovery codes of ${user.name} stop working, and they’re told by email. They sign in with their password alone until they set up a new one, which they’re asked to do if their role needs it. Make sure that it was really them who asked you.`}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button variant="danger" busy={reset.isPending} onClick={() => reset.mutate()}>
              Remove second factors
            </Button>
          </>
        }
      />
    </div>
  )
}
