import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import type { User } from '@/api/types'
import { userInvite, userPasswordReset } from '@/api/users'
import { Button } from '@/ui/Button'
import { RelativeTime } from '@/ui/RelativeTime'
import { toast } from '@/ui/Toast'
import { LinkToPass } from './LinkToPass'

/** Sends a new invitation to a user who hasn’t accepted theirs. */
function Invitation({ user, invitedAt }: { user: User; invitedAt: string }) {
  const client = useQueryClient()
  const invite = useMutation({
    mutationFn: () => userInvite(user.id),
    onSuccess: ({ link }) => {
      void client.invalidateQueries({ queryKey: keys.users.all })
      if (!link) toast.done(`Invitation sent to ${user.email}`, { detail: 'The previous one no longer works.' })
    },
    onError: (error) => toast.error('Couldn’t send the invitation', error),
  })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-4">
        <p className="text-ink-2">
          Invited <RelativeTime at={invitedAt} />. The link works once, for 72 hours.
        </p>
        <Button busy={invite.isPending} onClick={() => invite.mutate()}>
          Invite again
        </Button>
      </div>
      {invite.data?.link && <LinkToPass label="Invitation link" link={invite.data.link} name={user.name} username={user.username} />}
    </div>
  )
}

/** Sends a link to a user who can’t sign in. */
function PasswordReset({ user }: { user: User }) {
  const reset = useMutation({
    mutationFn: () => userPasswordReset(user.id),
    onSuccess: ({ link }) => {
      if (!link) toast.done(`Reset link sent to ${user.email}`, { detail: 'Their password stays the same until they use it.' })
    },
    onError: (error) => toast.error('Couldn’t send the link', error),
  })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-4">
        <p className="text-ink-2">When {user.name} can’t sign in, send a link to set a new password.</p>
        <Button busy={reset.isPending} onClick={() => reset.mutate()}>
          Send reset link
        </Button>
      </div>
      {reset.data?.link && <LinkToPass label="Reset link" link={reset.data.link} name={user.name} username={user.username} />}
    </div>
  )
}

/** What an admin can send so that a user can sign in. */
export function AccessLinks({ user }: { user: User }) {
  if (user.status === 'disabled') return <p className="text-ink-2">A disabled user can’t set a password.</p>
  if (user.invited_at) return <Invitation user={user} invitedAt={user.invited_at} />
  return <PasswordReset user={user} />
}
