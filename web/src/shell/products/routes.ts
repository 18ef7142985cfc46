import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '../routes'

/** The page of one product. Its parts, which several features make, are child routes of this one. */
export const productRoute = createRoute({ getParentRoute: () => shellRoute, path: '/products/$productId' }).lazy(() =>
  import('./ProductPage').then(({ Route }) => Route),
)
