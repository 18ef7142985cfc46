import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sessionList, sessionRevoke, sessionRevokeAll } from '@/api/auth'
import { keys } from '@/api/keys'
import { tokenForgotten } from '@/api/token'
import type { Session } from '@/api/types'
import { ExportButton } from '@/shell/ExportButton'
import { SessionRows } from '@/shell/SessionRows'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Section } from '@/ui/PageHeader'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'

export function SessionList() {
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const sessions = useQuery({ queryKey: keys.sessions, queryFn: sessionList })
  const revoke = useMutation({
    mutationFn: (session: Session) => sessionRevoke(session.id),
    onMutate: (gone) => client.setQueryData<Session[]>(keys.sessions, (known) => known?.filter(({ id }) => id !== gone.id)),
    onSuccess: () => toast.done('Session signed out'),
    onError: (error) => toast.error('Couldn’t sign out the session', error),
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
  })
  const revokeAll = useMutation({
    mutationFn: sessionRevokeAll,
    // This session is one of them.
    onSuccess: tokenForgotten,
    onError: (error) => toast.error('Couldn’t sign out your sessions', error),
    onSettled: () => setAsking(false),
  })
  return (
    <Section
      title="Sessions"
      hint="Where you are signed in."
      actions={
        <>
          <ExportButton path="/api/exports/sessions" name="sessions" />
          <Button onClick={() => setAsking(true)}>Sign out everywhere</Button>
        </>
      }
    >
      {sessions.isPending ? (
        <SkeletonLines lines={3} />
      ) : sessions.isError ? (
        <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : (
        <SessionRows sessions={sessions.data} onRevoke={revoke.mutate} />
      )}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        size="small"
        title="Sign out everywhere?"
        description="This signs out every browser, including this one. You’ll need to sign in again with your password."
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button variant="danger" busy={revokeAll.isPending} onClick={() => revokeAll.mutate()}>
              Sign out everywhere
            </Button>
          </>
        }
      />
    </Section>
  )
}
