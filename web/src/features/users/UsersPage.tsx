import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { Plus, Users } from 'lucide-react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { UserCard } from '@/api/types'
import { userList } from '@/api/users'
import { ROLES, USER_STATUSES, options } from '@/api/words'
import { useShortcut } from '@/lib/shortcuts'
import { useMe } from '@/session/useMe'
import { ExportButton } from '@/shell/ExportButton'
import { usePageTitle } from '@/lib/title'
import { useChange } from '@/shell/useChange'
import { Avatar } from '@/ui/Avatar'
import { Badge, StatusBadge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { FilterChips, type Filter } from '@/ui/FilterChips'
import { PageHeader } from '@/ui/PageHeader'
import { EmptyState } from '@/ui/states'
import type { UsersSearch } from './routes'
import { UserCreateDialog } from './UserCreateDialog'
import { UserPanel } from './UserPanel'

export const Route = createLazyRoute('/shell/users')({ component: UsersPage })
const route = getRouteApi('/shell/users')

const FILTERS: readonly Filter<'role' | 'status'>[] = [
  { key: 'role', label: 'Role', options: options(ROLES) },
  { key: 'status', label: 'Status', options: options(USER_STATUSES) },
]

function Who({ user }: { user: UserCard }) {
  const me = useMe()
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <Avatar name={user.name} />
      <span className="truncate font-medium">{user.name}</span>
      {user.id === me.id && <span className="text-xs text-ink-3">you</span>}
    </span>
  )
}

function Roles({ user }: { user: UserCard }) {
  return (
    <span className="flex gap-1 overflow-hidden">
      {user.roles.map((role) => (
        <Badge key={role} tone={role === 'admin' ? 'violet' : 'slate'}>
          {ROLES[role]}
        </Badge>
      ))}
    </span>
  )
}

function Factor({ user }: { user: UserCard }) {
  if (user.second_factor) return <span className="text-ink-2">Set up</span>
  return <Badge tone={user.status === 'active' ? 'amber' : 'slate'}>None</Badge>
}

const COLUMNS: readonly Column<UserCard>[] = [
  { id: 'name', header: 'Name', fixed: true, width: 'minmax(200px, 2fr)', cell: (user) => <Who user={user} /> },
  { id: 'username', header: 'Username', width: 'minmax(120px, 1fr)', className: 'text-ink-2', cell: (user) => user.username },
  { id: 'roles', header: 'Roles', width: 'minmax(200px, 2fr)', cell: (user) => <Roles user={user} /> },
  { id: 'second_factor', header: 'Second factor', width: '130px', cell: (user) => <Factor user={user} /> },
  { id: 'status', header: 'Status', width: '120px', cell: (user) => <StatusBadge status={user.status} /> },
]

function PhoneRow({ user }: { user: UserCard }) {
  return (
    <span className="flex items-center gap-3">
      <Avatar name={user.name} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{user.name}</span>
        <span className="block truncate text-xs text-ink-3">
          {user.roles.map((role) => ROLES[role]).join(', ')}
          {!user.second_factor && ' · no second factor'}
        </span>
      </span>
      {user.status !== 'active' && <StatusBadge status={user.status} />}
    </span>
  )
}

function UsersPage() {
  usePageTitle('Users')
  const search = route.useSearch()
  const filters = { role: search.role, status: search.status }
  const filtered = search.role !== undefined || search.status !== undefined
  const list = useInfiniteQuery({
    queryKey: keys.users.list(filters),
    queryFn: ({ pageParam }) => userList(filters, pageParam),
    ...pages,
  })
  const users = list.data?.pages.flatMap((page) => page.items) ?? []
  const change = useChange<UsersSearch>(['user', 'create'])
  const create = () => change({ create: true, user: undefined })
  useShortcut('c', 'New user', create)
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title="Users"
        actions={
          <>
            <ExportButton path="/api/exports/users" filters={filters} name="users" action="user_export" />
            <Button variant="primary" icon={Plus} onClick={create}>
              New user
            </Button>
          </>
        }
      >
        <FilterChips filters={FILTERS} values={search} onChange={(changes) => change(changes as Partial<UsersSearch>)} />
      </PageHeader>
      <div className="min-h-0 flex-1">
        <DataTable
          name="users"
          label="Users"
          columns={COLUMNS}
          rows={users}
          rowId={(user) => user.id}
          phone={(user) => <PhoneRow user={user} />}
          onOpen={(user) => change({ user: user.id })}
          openId={search.user}
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onLoadMore={() => void list.fetchNextPage()}
          empty={
            filtered ? (
              <EmptyState
                icon={Users}
                title="No matching users"
                action={<Button onClick={() => change({ role: undefined, status: undefined })}>Clear filters</Button>}
              >
                No users match this role and status.
              </EmptyState>
            ) : (
              <EmptyState
                icon={Users}
                title="No users yet"
                action={
                  <Button variant="primary" onClick={create}>
                    New user
                  </Button>
                }
              >
                Everyone who works with Steward has their own user.
              </EmptyState>
            )
          }
        />
      </div>
      <UserCreateDialog
        open={search.create === true}
        onClose={() => change({ create: undefined })}
        onCreated={(user) => change({ user: user.id })}
      />
      <UserPanel userId={search.user} onClose={() => change({ user: undefined })} />
    </div>
  )
}
