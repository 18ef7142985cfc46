import { createRoute } from '@tanstack/react-router'
import { flag, text } from '@/lib/search'
import { productRoute } from '@/shell/products/routes'
import { shellRoute } from '@/shell/routes'

export interface MilestonesSearch {
  /** The milestone being edited. */
  milestone?: string
  /** Whether the dialog for a new milestone is open. */
  create?: true
}

const listRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/milestones',
  validateSearch: (search: Record<string, unknown>): MilestonesSearch => ({
    milestone: text(search, 'milestone', 40),
    create: flag(search, 'create'),
  }),
}).lazy(() => import('./MilestonesTab').then(({ Route }) => Route))

const roadmapRoute = createRoute({ getParentRoute: () => shellRoute, path: '/roadmap' }).lazy(() =>
  import('./RoadmapPage').then(({ Route }) => Route),
)

export const milestoneRoutes = [listRoute]
export const roadmapRoutes = [roadmapRoute]
