import { createRoute, redirect } from '@tanstack/react-router'
import { shellRoute } from '@/shell/routes'

const profileRoute = createRoute({ getParentRoute: () => shellRoute, path: '/profile' }).lazy(() =>
  import('./ProfilePage').then(({ Route }) => Route),
)

/** Target of the link in emails for changing notification settings. */
const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/profile', hash: 'notifications', replace: true })
  },
})

export const profileRoutes = [profileRoute, settingsRoute]
