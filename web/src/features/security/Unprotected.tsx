import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Role, UserCard } from '@/api/types'
import { ROLES } from '@/api/words'
import { Avatar } from '@/ui/Avatar'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Section } from '@/ui/PageHeader'
import { SkeletonLines } from '@/ui/states'
import { withoutFactor } from './values'

const SHOWN = 10

export interface UnprotectedProps {
  users: readonly UserCard[]
  loading: boolean
  /** Roles that need a second factor. */
  required: readonly Role[]
}

/** The users without a second factor. */
export function Unprotected({ users, loading, required }: UnprotectedProps) {
  const [all, setAll] = useState(false)
  const missing = withoutFactor(users, required)
  return (
    <Section title="Users without a second factor" hint={loading ? undefined : `${missing.length} of those who can sign in.`}>
      {loading ? (
        <SkeletonLines lines={3} />
      ) : missing.length === 0 ? (
        <p className="text-ink-2">Everyone who can sign in has one.</p>
      ) : (
        <ul aria-label="Users without a second factor" className="divide-y divide-line">
          {(all ? missing : missing.slice(0, SHOWN)).map(({ user, needed }) => (
            <li key={user.id} className="py-1 first:pt-0 last:pb-0">
              <Link
                to="/users"
                search={{ user: user.id }}
                className="-mx-2 flex min-h-11 items-center gap-2.5 rounded-md px-2 hover:bg-hover"
              >
                <Avatar name={user.name} />
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{user.name}</span>
                  <span className="block truncate text-xs text-ink-3">{user.roles.map((role) => ROLES[role]).join(', ')}</span>
                </span>
                {needed && <Badge tone="amber">Needs one</Badge>}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {!all && missing.length > SHOWN && (
        <Button variant="quiet" className="mt-2" onClick={() => setAll(true)}>
          Show all {missing.length}
        </Button>
      )}
    </Section>
  )
}
