import { createRoute } from '@tanstack/react-router'
import type { ProductStatus } from '@/api/types'
import { PRODUCT_STATUSES } from '@/api/words'
import { flag, oneOf, text } from '@/lib/search'
import { productRoute } from '@/shell/products/routes'
import { shellRoute } from '@/shell/routes'

export interface ProductsSearch {
  status?: ProductStatus
  /** The user who owns the product. */
  owner?: string
  /** Whether the dialog for a new product is open. */
  create?: true
}

const listRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/products',
  validateSearch: (search: Record<string, unknown>): ProductsSearch => ({
    status: oneOf(search, 'status', PRODUCT_STATUSES),
    owner: text(search, 'owner', 40),
    create: flag(search, 'create'),
  }),
}).lazy(() => import('./ProductsPage').then(({ Route }) => Route))

const overviewRoute = createRoute({ getParentRoute: () => productRoute, path: '/' }).lazy(() =>
  import('./OverviewTab').then(({ Route }) => Route),
)

const teamRoute = createRoute({ getParentRoute: () => productRoute, path: '/team' }).lazy(() =>
  import('./TeamTab').then(({ Route }) => Route),
)

const settingsRoute = createRoute({ getParentRoute: () => productRoute, path: '/settings' }).lazy(() =>
  import('./SettingsTab').then(({ Route }) => Route),
)

export const productsRoutes = [listRoute]
export const productTabRoutes = [overviewRoute, teamRoute, settingsRoute]
