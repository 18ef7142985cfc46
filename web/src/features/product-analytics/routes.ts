import { createRoute } from '@tanstack/react-router'
import type { TrendInterval } from '@/api/types'
import { INTERVALS } from '@/api/words'
import { PERIODS, type PeriodName } from '@/lib/period'
import { oneOf, text } from '@/lib/search'
import { productRoute } from '@/shell/products/routes'

export interface ProductAnalyticsSearch {
  /** Period of the analytics; defaults to 90 days. */
  period?: PeriodName
  interval?: TrendInterval
  /** The member whose tasks are shown; defaults to the whole team. */
  member?: string
}

const analyticsRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/analytics',
  validateSearch: (search: Record<string, unknown>): ProductAnalyticsSearch => {
    const member = text(search, 'member', 36)
    return {
      period: oneOf(search, 'period', PERIODS),
      interval: oneOf(search, 'interval', INTERVALS),
      member: member && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(member) ? member : undefined,
    }
  },
}).lazy(() => import('./AnalyticsTab').then(({ Route }) => Route))

export const productAnalyticsRoutes = [analyticsRoute]
