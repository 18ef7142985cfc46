import { createRoute } from '@tanstack/react-router'
import type { Role, UserStatus } from '@/api/types'
import { ROLES, USER_STATUSES } from '@/api/words'
import { flag, oneOf, text } from '@/lib/search'
import { shellRoute } from '@/shell/routes'

export interface UsersSearch {
  role?: Role
  status?: UserStatus
  /** The user in the side panel. */
  user?: string
  /** Whether the dialog for a new user is open. */
  create?: true
}

const usersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/users',
  validateSearch: (search: Record<string, unknown>): UsersSearch => ({
    role: oneOf(search, 'role', ROLES),
    status: oneOf(search, 'status', USER_STATUSES),
    user: text(search, 'user', 40),
    create: flag(search, 'create'),
  }),
}).lazy(() => import('./UsersPage').then(({ Route }) => Route))

export const userRoutes = [usersRoute]
