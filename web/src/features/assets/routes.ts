import { createRoute } from '@tanstack/react-router'
import { text } from '@/lib/search'
import { productRoute } from '@/shell/products/routes'

export interface AssetsSearch {
  /** Matches the name. */
  text?: string
  /** Only assets for this requirement. */
  requirement?: string
  /** The asset in the side panel. */
  asset?: string
}

const listRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/assets',
  validateSearch: (search: Record<string, unknown>): AssetsSearch => ({
    text: text(search, 'text', 100),
    requirement: text(search, 'requirement', 40),
    asset: text(search, 'asset', 40),
  }),
}).lazy(() => import('./AssetsTab').then(({ Route }) => Route))

export const assetRoutes = [listRoute]
