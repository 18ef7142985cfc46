import { createRoute } from '@tanstack/react-router'
import { oneOf, text } from '@/lib/search'
import { shellRoute } from '@/shell/routes'

const importsRoute = createRoute({ getParentRoute: () => shellRoute, path: '/imports' }).lazy(() =>
  import('./ImportsPage').then(({ Route }) => Route),
)

const newImportRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports/new',
  validateSearch: (search: Record<string, unknown>): { kind?: 'requirements' | 'tasks'; product?: string } => ({
    kind: oneOf(search, 'kind', ['requirements', 'tasks']),
    product: text(search, 'product'),
  }),
}).lazy(() => import('./NewImportPage').then(({ Route }) => Route))

const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports/$importId',
  validateSearch: (search: Record<string, unknown>): { step?: 'map' } => ({ step: oneOf(search, 'step', ['map']) }),
}).lazy(() => import('./ImportPage').then(({ Route }) => Route))

export const importRoutes = [importsRoute, newImportRoute, importRoute]
