import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { keys } from '@/api/keys'
import type { Session, User } from '@/api/types'
import { userSessionList, userSessionRevoke, userSessionRevokeAll } from '@/api/users'
import { SessionRows } from '@/shell/SessionRows'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'

/** Where a user is signed in, for admins. */
export function UserSessions({ user }: { user: Pick<User, 'id' | 'name'> }) {
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const key = keys.users.sessions(user.id)
  const sessions = useQuery({ queryKey: key, queryFn: () => userSessionList(user.id) })
  const revoke = useMutation({
    mutationFn: (session: Session) => userSessionRevoke(user.id, session.id),
    onMutate: (gone) => client.setQueryData<Session[]>(key, (known) => known?.filter(({ id }) => id !== gone.id)),
    onSuccess: () => toast.done('Session signed out'),
    onError: (error) => toast.error('Couldn’t sign out the session', error),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  })
  const revokeAll = useMutation({
    mutationFn: () => userSessionRevokeAll(user.id),
    onSuccess: () => toast.done(`${user.name} was signed out everywhere`),
    onError: (error) => toast.error('Couldn’t sign out the sessions', error),
    onSettled: () => {
      setAsking(false)
      return client.invalidateQueries({ queryKey: key })
    },
  })
  if (sessions.isPending) return <SkeletonLines lines={2} />
  if (sessions.isError) return <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
  if (sessions.data.length === 0) return <p className="text-ink-3">Not signed in anywhere.</p>
  return (
    <div className="flex flex-col items-start gap-3">
      <div className="w-full">
        <SessionRows sessions={sessions.data} onRevoke={revoke.mutate} />
      </div>
      <Button onClick={() => setAsking(true)}>Sign out everywhere</Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        size="small"
        title={`Sign out ${user.name} everywhere?`}
        description="They’ll need to sign in again with their password. To keep someone out, disable them."
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button variant="danger" busy={revokeAll.isPending} onClick={() => revokeAll.mutate()}>
              Sign out everywhere
            </Button>
          </>
        }
      />
    </div>
  )
}
