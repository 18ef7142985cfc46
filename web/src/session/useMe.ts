import { queryOptions, useQuery } from '@tanstack/react-query'
import { meGet } from '@/api/auth'
import { keys } from '@/api/keys'
import type { Me } from '@/api/types'

export const meQuery = queryOptions({ queryKey: keys.me, queryFn: meGet, staleTime: 5 * 60_000 })

/** The signed-in user. Pages inside the shell always have one: the shell's route loads it first. */
export function useMe(): Me {
  const { data } = useQuery(meQuery)
  if (!data) throw new Error('useMe is for pages inside the shell')
  return data
}

/** Actions of the server's policy table, named like the operations (`investor_create`). */
export function can(me: Me, action: string): boolean {
  return me.permissions.includes(action)
}

export function useCan(action: string): boolean {
  return can(useMe(), action)
}
