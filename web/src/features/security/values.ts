import type { Role, SecurityPatch, SecuritySettings, UserCard } from '@/api/types'
import { ROLES } from '@/api/words'
import { changes } from '@/lib/rebase'

/** The longest grace in days. */
const MAX_GRACE = 90

/** One value for each role, so that two admins who choose different roles don’t undo each other’s choice. */
export type Values = Record<Role, boolean> & { grace_days: string }

const EVERY_ROLE = Object.keys(ROLES) as Role[]

export function valuesOf({ required_roles: roles, grace_days: days }: SecuritySettings): Values {
  const chosen = Object.fromEntries(EVERY_ROLE.map((role) => [role, roles.includes(role)])) as Record<Role, boolean>
  return { ...chosen, grace_days: String(days) }
}

export const requiredRoles = (values: Values): Role[] => EVERY_ROLE.filter((role) => values[role])

export function check({ grace_days: days }: Values) {
  const valid = /^\d{1,2}$/.test(days.trim()) && Number(days) <= MAX_GRACE
  return { grace_days: valid ? undefined : `Enter a number of days from 0 to ${MAX_GRACE}.` }
}

/** The differences to send. */
export function patchOf(values: Values, before: Values): SecurityPatch {
  const { grace_days: days, ...roles } = changes(values, before)
  return {
    ...(Object.keys(roles).length > 0 && { required_roles: requiredRoles(values) }),
    ...(days !== undefined && { grace_days: Number(days) }),
  }
}

/** Users who can sign in and have no second factor; those whose role needs one come first. */
export function withoutFactor(users: readonly UserCard[], required: readonly Role[]): { user: UserCard; needed: boolean }[] {
  const missing = users
    .filter(({ status, second_factor: has }) => status === 'active' && !has)
    .map((user) => ({ user, needed: user.roles.some((role) => required.includes(role)) }))
  return [...missing.filter(({ needed }) => needed), ...missing.filter(({ needed }) => !needed)]
}

/** How many of the active users with a role have a second factor. */
export function covered(users: readonly UserCard[], role: Role): { have: number; all: number } {
  const holders = users.filter(({ status, roles }) => status === 'active' && roles.includes(role))
  return { have: holders.filter(({ second_factor: has }) => has).length, all: holders.length }
}
