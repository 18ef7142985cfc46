import { createRoute } from '@tanstack/react-router'
import { flag } from '@/lib/search'
import { shellRoute } from '@/shell/routes'

const notificationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/notifications',
  validateSearch: (search: Record<string, unknown>): { unread?: true } => ({ unread: flag(search, 'unread') }),
}).lazy(() => import('./NotificationsPage').then(({ Route }) => Route))

export const notificationRoutes = [notificationsRoute]
