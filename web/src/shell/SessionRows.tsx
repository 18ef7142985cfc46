import { Monitor, Smartphone } from 'lucide-react'
import type { Session } from '@/api/types'
import { deviceName, isPhone } from '@/lib/device'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { RelativeTime } from '@/ui/RelativeTime'

function Row({ session, onRevoke }: { session: Session; onRevoke: (session: Session) => void }) {
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
        <Button variant="quiet" onClick={() => onRevoke(session)} aria-label={`Sign out ${deviceName(session.user_agent)}`}>
          Sign out
        </Button>
      )}
    </li>
  )
}

/** Where a user is signed in: device, address, last use. The caller's own session can't be ended here. */
export function SessionRows({ sessions, onRevoke }: { sessions: Session[]; onRevoke: (session: Session) => void }) {
  return (
    <ul className="divide-y divide-line">
      {sessions.map((session) => (
        <Row key={session.id} session={session} onRevoke={onRevoke} />
      ))}
    </ul>
  )
}
