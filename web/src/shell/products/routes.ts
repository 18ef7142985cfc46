import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '../routes'

/** The page of one product. Its sections, contributed by several features, are child routes. */
export const productRoute = createRoute({ getParentRoute: () => shellRoute, path: '/products/$productId' }).lazy(() =>
  import('./ProductPage').then(({ Route }) => Route),
)
