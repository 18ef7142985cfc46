import { createRoute } from '@tanstack/react-router'
import type { Priority, RequirementStatus } from '@/api/types'
import { PRIORITIES, REQUIREMENT_STATUSES } from '@/api/words'
import { flag, oneOf, text } from '@/lib/search'
import { productRoute } from '@/shell/products/routes'

export interface RequirementsSearch {
  status?: RequirementStatus
  priority?: Priority
  milestone?: string
  /** Matches title, reference or external ID. */
  text?: string
  /** Whether the dialog for a new requirement is open. */
  create?: true
}

const listRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/requirements',
  validateSearch: (search: Record<string, unknown>): RequirementsSearch => ({
    status: oneOf(search, 'status', REQUIREMENT_STATUSES),
    priority: oneOf(search, 'priority', PRIORITIES),
    milestone: text(search, 'milestone', 40),
    text: text(search, 'text', 100),
    create: flag(search, 'create'),
  }),
}).lazy(() => import('./RequirementsTab').then(({ Route }) => Route))

export interface RequirementSearch {
  edit?: true
  /** Whether the dialog for a new child is open. */
  create?: true
  /** Versions to compare. */
  from?: number
  to?: number
}

function version(search: Record<string, unknown>, name: string): number | undefined {
  const value = Number(search[name])
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}

const oneRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/requirements/$requirementId',
  validateSearch: (search: Record<string, unknown>): RequirementSearch => ({
    edit: flag(search, 'edit'),
    create: flag(search, 'create'),
    from: version(search, 'from'),
    to: version(search, 'to'),
  }),
}).lazy(() => import('./RequirementPage').then(({ Route }) => Route))

const baselinesRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/requirements/baselines',
  validateSearch: (search: Record<string, unknown>): { create?: true } => ({ create: flag(search, 'create') }),
}).lazy(() => import('./BaselinesTab').then(({ Route }) => Route))

const baselineRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/requirements/baselines/$baselineId',
  validateSearch: (search: Record<string, unknown>): { with?: string } => ({ with: text(search, 'with', 40) }),
}).lazy(() => import('./BaselinePage').then(({ Route }) => Route))

export const requirementRoutes = [listRoute, baselinesRoute, baselineRoute, oneRoute]
