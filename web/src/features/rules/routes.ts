import { createRoute } from '@tanstack/react-router'
import { flag, text } from '@/lib/search'
import { productRoute } from '@/shell/products/routes'

export interface RulesSearch {
  /** The rule being edited. */
  rule?: string
  /** Whether the panel for a new rule is open. */
  create?: true
}

const rulesRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/rules',
  validateSearch: (search: Record<string, unknown>): RulesSearch => ({ rule: text(search, 'rule', 40), create: flag(search, 'create') }),
}).lazy(() => import('./RulesTab').then(({ Route }) => Route))

export const ruleRoutes = [rulesRoute]
