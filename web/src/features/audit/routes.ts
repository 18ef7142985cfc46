import { createRoute } from '@tanstack/react-router'
import { oneOf, text } from '@/lib/search'
import { shellRoute } from '@/shell/routes'
import { ENTITY_TYPES, type EntityType } from './words'

export interface AuditSearch {
  entity_type?: EntityType
  entity_id?: string
  actor_id?: string
  /** First and last calendar day in the user's time zone, such as `2026-11-21`. */
  from?: string
  to?: string
}

const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): AuditSearch => {
    const day = (name: string) => {
      const found = text(search, name, 10)
      return found && /^\d{4}-\d{2}-\d{2}$/.test(found) && !Number.isNaN(Date.parse(found)) ? found : undefined
    }
    const entityType = oneOf(search, 'entity_type', ENTITY_TYPES)
    const entityId = text(search, 'entity_id', 60)
    // One is meaningless without the other.
    const entity =
      entityType && entityId ? { entity_type: entityType, entity_id: entityId } : { entity_type: undefined, entity_id: undefined }
    return { ...entity, actor_id: text(search, 'actor_id', 40), from: day('from'), to: day('to') }
  },
}).lazy(() => import('./AuditPage').then(({ Route }) => Route))

export const auditRoutes = [auditRoute]
