import { createRoute } from '@tanstack/react-router'
import { oneOf, text } from '@/lib/search'
import { shellRoute } from '@/shell/routes'

export const SHOWN = ['done', 'cancelled'] as const
export const WITHIN = { today: 'Today', week: 'Within 7 days', month: 'Within 30 days' }

export interface RemindersSearch {
  /** Others than the open ones. */
  show?: (typeof SHOWN)[number]
  /** Due until the end of that time; what is overdue belongs to it. */
  due?: keyof typeof WITHIN
  /** The one that is unfolded. */
  reminder?: string
}

const remindersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/reminders',
  validateSearch: (search: Record<string, unknown>): RemindersSearch => ({
    show: oneOf(search, 'show', SHOWN),
    due: oneOf(search, 'due', WITHIN),
    reminder: text(search, 'reminder', 40),
  }),
}).lazy(() => import('./RemindersPage').then(({ Route }) => Route))

export const reminderRoutes = [remindersRoute]
