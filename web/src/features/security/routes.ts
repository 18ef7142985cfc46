import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '@/shell/routes'

const securityRoute = createRoute({ getParentRoute: () => shellRoute, path: '/settings/security' }).lazy(() =>
  import('./SecurityPage').then(({ Route }) => Route),
)

export const securityRoutes = [securityRoute]
