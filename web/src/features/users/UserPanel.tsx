import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { User } from '@/api/types'
import { userGet } from '@/api/users'
import { Avatar } from '@/ui/Avatar'
import { StatusBadge } from '@/ui/Badge'
import { buttonClass } from '@/ui/Button'
import { SidePanel } from '@/ui/Dialog'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { AccessLinks } from './AccessLinks'
import { FactorReset } from './FactorReset'
import { UserForm } from './UserForm'
import { UserSessions } from './UserSessions'

function Detail({ user }: { user: User }) {
  return (
    <div className="flex flex-col gap-5">
      <header className="flex items-center gap-3">
        <Avatar name={user.name} size="large" />
        <div className="min-w-0 flex-1">
          <p className="truncate text-base font-semibold">{user.name}</p>
          <p className="truncate text-ink-3">{user.username}</p>
        </div>
        <StatusBadge status={user.status} />
      </header>
      <UserForm key={user.id} user={user} />
      <section className="border-t border-line pt-4">
        <h3 className="mb-2 font-semibold">{user.invited_at ? 'Invitation' : 'Password'}</h3>
        <AccessLinks key={user.id} user={user} />
      </section>
      {!user.invited_at && (
        <>
          <section className="border-t border-line pt-4">
            <h3 className="mb-2 font-semibold">Second factor</h3>
            <FactorReset key={user.id} user={user} />
          </section>
          <section className="border-t border-line pt-4">
            <h3 className="mb-2 font-semibold">Sessions</h3>
            <UserSessions key={user.id} user={user} />
          </section>
        </>
      )}
      <footer className="flex items-center justify-between gap-4 border-t border-line pt-4 text-xs text-ink-3">
        <span>
          Since <RelativeTime at={user.created_at} />, changed <RelativeTime at={user.updated_at} />
        </span>
        <Link to="/audit" search={{ entity_type: 'user', entity_id: user.id }} className={buttonClass('quiet')}>
          <ScrollText className="size-4" aria-hidden />
          History
        </Link>
      </footer>
    </div>
  )
}

/** Side panel of a user. */
export function UserPanel({ userId, onClose }: { userId: string | undefined; onClose: () => void }) {
  const user = useQuery({ queryKey: keys.users.one(userId ?? ''), queryFn: () => userGet(userId ?? ''), enabled: userId !== undefined })
  return (
    <SidePanel open={userId !== undefined} onClose={onClose} title={user.data?.name ?? 'User'}>
      {user.isPending ? (
        <SkeletonLines lines={8} />
      ) : user.isError ? (
        asProblem(user.error).status === 404 ? (
          <EmptyState icon={ScrollText} title="User not found">
            The address may be mistyped.
          </EmptyState>
        ) : (
          <ErrorState error={user.error} onRetry={() => void user.refetch()} />
        )
      ) : (
        <Detail user={user.data} />
      )}
    </SidePanel>
  )
}
