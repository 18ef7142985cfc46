import { createRoute } from '@tanstack/react-router'
import { oneOf, text } from '@/lib/search'
import { shellRoute } from '@/shell/routes'

export const SHOWN = ['done', 'cancelled'] as const
export const WITHIN = { today: 'Today', week: 'Within 7 days', month: 'Within 30 days' }

export interface RemindersSearch {
  /** A status filter other than open. */
  show?: (typeof SHOWN)[number]
  /** Due by the end of that period, including overdue reminders. */
  due?: keyof typeof WITHIN
  /** The expanded reminder. */
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
