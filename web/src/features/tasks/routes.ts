import { createRoute } from '@tanstack/react-router'
import { boardGet, type BoardFilters } from '@/api/board'
import { keys } from '@/api/keys'
import type { Priority, TaskStatus } from '@/api/types'
import { PRIORITIES, TASK_STATUSES } from '@/api/words'
import { flag, oneOf, text } from '@/lib/search'
import { productRoute } from '@/shell/products/routes'
import { shellRoute } from '@/shell/routes'

/** The fields that can form lanes on the board. */
export const LANES = { assignee: 'Assignee', priority: 'Priority', requirement: 'Requirement' } as const
export type LaneKind = keyof typeof LANES

/** Filters of a list or board of tasks. */
export interface TasksFilter {
  /** A user's id, or `none`. */
  assignee?: string
  requirement?: string
  milestone?: string
  label?: string
  priority?: Priority
  text?: string
}

export interface BoardSearch extends TasksFilter {
  lanes?: LaneKind
  /** The visible column at phone width. */
  column?: TaskStatus
  /** The task in the side panel. */
  task?: string
  /** Whether the dialog for a new task is open, for this column. */
  create?: TaskStatus
}

export interface TasksSearch extends TasksFilter {
  status?: TaskStatus
  create?: true
}

/** The part of the URL that is a filter; everything else is dropped. */
export function filterOf(search: Record<string, unknown>): TasksFilter {
  return {
    assignee: text(search, 'assignee', 40),
    requirement: text(search, 'requirement', 40),
    milestone: text(search, 'milestone', 40),
    label: text(search, 'label', 50),
    priority: oneOf(search, 'priority', PRIORITIES),
    text: text(search, 'text', 100),
  }
}

/** The filters the board sends to the server. */
export function boardFiltersOf({ assignee, requirement, milestone, priority, label, text: found }: TasksFilter): BoardFilters {
  return { assignee_id: assignee, requirement_id: requirement, milestone_id: milestone, priority, label, text: found }
}

/** Query options of a product's board. */
export function boardQuery(productId: string, filters: BoardFilters) {
  return { queryKey: keys.boards.one(productId, filters), queryFn: () => boardGet(productId, filters) }
}

export function listFilterOf(search: Record<string, unknown>): TasksFilter & Pick<TasksSearch, 'status'> {
  return { ...filterOf(search), status: oneOf(search, 'status', TASK_STATUSES) }
}

const boardRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/board',
  validateSearch: (search: Record<string, unknown>): BoardSearch => ({
    ...filterOf(search),
    lanes: oneOf(search, 'lanes', LANES),
    column: oneOf(search, 'column', TASK_STATUSES),
    task: text(search, 'task', 40),
    create: oneOf(search, 'create', TASK_STATUSES),
  }),
  loaderDeps: ({ search }) => boardFiltersOf(search),
  // Loads the cards while the code is loading, and again on each entry, since nobody received changes in between. Hovering over a link, or
  // opening a card, does not reload it.
  loader: ({ cause, context: { queryClient }, params: { productId }, deps }) => {
    if (cause === 'enter') void queryClient.prefetchQuery({ ...boardQuery(productId, deps), staleTime: 0 })
  },
}).lazy(() => import('./board/BoardPage').then(({ Route }) => Route))

const tasksRoute = createRoute({
  getParentRoute: () => productRoute,
  path: '/tasks',
  validateSearch: (search: Record<string, unknown>): TasksSearch => ({ ...listFilterOf(search), create: flag(search, 'create') }),
}).lazy(() => import('./TasksPage').then(({ Route }) => Route))

const taskRoute = createRoute({ getParentRoute: () => tasksRoute, path: '/$taskId' }).lazy(() =>
  import('./TaskRoute').then(({ Route }) => Route),
)

/** Below the product's page. */
export const productTaskRoutes = [boardRoute, tasksRoute.addChildren([taskRoute])]

export interface MyTasksSearch {
  /** The task in the side panel, and its product. */
  task?: string
  product?: string
}

const myTasksRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/tasks',
  validateSearch: (search: Record<string, unknown>): MyTasksSearch => ({
    task: text(search, 'task', 40),
    product: text(search, 'product', 40),
  }),
}).lazy(() => import('./MyTasksPage').then(({ Route }) => Route))

export const taskRoutes = [myTasksRoute]
