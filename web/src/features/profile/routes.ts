import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '@/shell/routes'

const profileRoute = createRoute({ getParentRoute: () => shellRoute, path: '/profile' }).lazy(() =>
  import('./ProfilePage').then(({ Route }) => Route),
)

export const profileRoutes = [profileRoute]
