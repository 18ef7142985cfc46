import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Monitor, Smartphone } from 'lucide-react'
import { useState } from 'react'
import { sessionList, sessionRevoke, sessionRevokeAll } from '@/api/auth'
import { keys } from '@/api/keys'
import { tokenForgotten } from '@/api/token'
import type { Session } from '@/api/types'
import { ExportButton } from '@/shell/ExportButton'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Section } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { deviceName, isPhone } from './device'

function Row({ session, onRevoke }: { session: Session; onRevoke: () => void }) {
  const Icon = isPhone(session.user_agent) ? Smartphone : Monitor
  return (
    <li className="flex items-center gap-3 py-2.5 first:pt-0 last:pb-0">
      <Icon className="size-5 shrink-0 text-ink-3" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-1.5 font-medium">
          {deviceName(session.user_agent)}
          {session.current && <Badge tone="green">This session</Badge>}
        </p>
        <p className="text-xs text-ink-3">
          {session.ip && <>{session.ip} · </>}
          used <RelativeTime at={session.last_used_at} /> · signed in <RelativeTime at={session.created_at} />
        </p>
      </div>
      {!session.current && (
        <Button variant="quiet" onClick={onRevoke}>
          Sign out
        </Button>
      )}
    </li>
  )
}

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
        <ul className="divide-y divide-line">
          {sessions.data.map((session) => (
            <Row key={session.id} session={session} onRevoke={() => revoke.mutate(session)} />
          ))}
        </ul>
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
