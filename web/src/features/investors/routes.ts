import { createRoute } from '@tanstack/react-router'
import type { InvestorStatus, Tier } from '@/api/types'
import { INVESTOR_STATUSES, TIERS } from '@/api/words'
import { flag, oneOf, text } from '@/lib/search'
import { shellRoute } from '@/shell/routes'

export interface InvestorsSearch {
  tier?: Tier
  status?: InvestorStatus
  /** The relationship manager. */
  manager?: string
  tag?: string
  /** Shows deleted investors instead. */
  deleted?: true
  /** The investor in the side panel. */
  investor?: string
  /** Whether the dialog for a new investor is open. */
  create?: true
}

const KINDS = ['activity', 'investment', 'document', 'reminder', 'change'] as const

export interface InvestorSearch {
  /** Only these timeline entries. */
  kind?: (typeof KINDS)[number]
  /** Whether the edit panel is open. */
  edit?: true
  /** Whether the merge panel is open: with this investor, or to choose one. */
  merge?: string
}

const investorsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/investors',
  validateSearch: (search: Record<string, unknown>): InvestorsSearch => ({
    tier: oneOf(search, 'tier', TIERS),
    status: oneOf(search, 'status', INVESTOR_STATUSES),
    manager: text(search, 'manager', 40),
    tag: text(search, 'tag', 50),
    deleted: flag(search, 'deleted'),
    investor: text(search, 'investor', 40),
    create: flag(search, 'create'),
  }),
}).lazy(() => import('./InvestorsPage').then(({ Route }) => Route))

const investorRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/investors/$investorId',
  validateSearch: (search: Record<string, unknown>): InvestorSearch => ({
    kind: oneOf(search, 'kind', KINDS),
    edit: flag(search, 'edit'),
    merge: text(search, 'merge', 40),
  }),
}).lazy(() => import('./InvestorPage').then(({ Route }) => Route))

const timelineRoute = createRoute({ getParentRoute: () => investorRoute, path: '/' }).lazy(() =>
  import('./TimelineTab').then(({ Route }) => Route),
)

export interface DocumentsSearch {
  /** The document in the side panel. */
  document?: string
}

const documentsRoute = createRoute({
  getParentRoute: () => investorRoute,
  path: '/documents',
  validateSearch: (search: Record<string, unknown>): DocumentsSearch => ({ document: text(search, 'document', 40) }),
}).lazy(() => import('./documents/DocumentsTab').then(({ Route }) => Route))

const investmentsRoute = createRoute({ getParentRoute: () => investorRoute, path: '/investments' }).lazy(() =>
  import('./investments/InvestmentsTab').then(({ Route }) => Route),
)

const investmentRoute = createRoute({ getParentRoute: () => investorRoute, path: '/investments/$investmentId' }).lazy(() =>
  import('./investments/InvestmentTab').then(({ Route }) => Route),
)

export const investorRoutes = [
  investorsRoute,
  investorRoute.addChildren([timelineRoute, documentsRoute, investmentsRoute, investmentRoute]),
]
