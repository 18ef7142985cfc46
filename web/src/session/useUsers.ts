import { useQuery } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import type { UserCard } from '@/api/types'
import { userList } from '@/api/users'
import { useCan } from './useMe'

/** More than a company of this size has; guards against endless fetching. */
const MAX_PAGES = 40

async function everyUser(): Promise<UserCard[]> {
  const users: UserCard[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, next_cursor: next } = await userList({}, cursor)
    users.push(...items)
    if (!next) break
    cursor = next
  }
  return users
}

/** All users by name, for selecting a person and resolving ids. Empty if the caller may not list users. */
export function useUsers() {
  const allowed = useCan('user_list')
  const { data, isPending } = useQuery({ queryKey: keys.users.everyone, queryFn: everyUser, enabled: allowed, staleTime: 5 * 60_000 })
  return { users: data ?? [], loading: allowed && isPending }
}

/** Whether a user can be assigned investors. */
export function managesInvestors({ roles, status }: UserCard): boolean {
  return status === 'active' && (roles.includes('relationship_manager') || roles.includes('admin'))
}

/** Whether a user can own a product. */
export function managesProducts({ roles, status }: UserCard): boolean {
  return status === 'active' && (roles.includes('manager') || roles.includes('admin'))
}

/** Whether a user can be added to a product's team. */
export function worksOnProducts(user: UserCard): boolean {
  return managesProducts(user) || (user.status === 'active' && user.roles.includes('team_member'))
}
