import { createRoute } from '@tanstack/react-router'
import type { TrendInterval } from '@/api/types'
import { INTERVALS } from '@/api/words'
import { oneOf, text } from '@/lib/search'
import { shellRoute } from '@/shell/routes'
import { RANGES, type Range } from './range'

export interface OverviewSearch {
  interval?: TrendInterval
  /** A month such as `2026-11`; defaults to the current one. */
  month?: string
  /** Range of the activities; defaults to 26 intervals. */
  range?: Range
  /** The product whose board and charts are shown; defaults to one the user owns. */
  product?: string
}

const overviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/overview',
  validateSearch: (search: Record<string, unknown>): OverviewSearch => {
    const month = text(search, 'month', 7)
    return {
      interval: oneOf(search, 'interval', INTERVALS),
      month: month && /^20\d\d-(0[1-9]|1[0-2])$/u.test(month) ? month : undefined,
      range: oneOf(search, 'range', RANGES),
      product: text(search, 'product', 40),
    }
  },
}).lazy(() => import('./OverviewPage').then(({ Route }) => Route))

export const overviewRoutes = [overviewRoute]
