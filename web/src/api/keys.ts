import type { BoardFilters } from './board'
import type { TaskFilters } from './tasks'
import type { TrendFilters } from './analytics'
import type { AssetFilters } from './assets'
import type { AuditFilters } from './audit'
import type { InvestorFilters, TimelineFilters } from './investors'
import type { NotificationFilters } from './notifications'
import type { ProductPeriod } from './product-analytics'
import type { ProductFilters } from './products'
import type { RequirementFilters } from './requirements'
import type { DuplicateQuery, ImportEncoding, ReminderStatus } from './types'
import type { UserFilters } from './users'

/** All query keys; live events invalidate queries by key prefix. */
export const keys = {
  setup: ['setup'] as const,
  me: ['me'] as const,
  sessions: ['sessions'] as const,
  factors: ['factors'] as const,
  passkeys: ['factors', 'passkeys'] as const,
  security: ['security'] as const,
  preferences: ['preferences'] as const,
  users: {
    all: ['users'] as const,
    list: (filters: UserFilters) => ['users', 'list', filters] as const,
    everyone: ['users', 'everyone'] as const,
    one: (userId: string) => ['users', 'one', userId] as const,
    sessions: (userId: string) => ['users', 'sessions', userId] as const,
  },
  investors: {
    all: ['investors'] as const,
    lists: ['investors', 'list'] as const,
    list: (filters: InvestorFilters) => ['investors', 'list', filters] as const,
    one: (investorId: string) => ['investors', 'one', investorId] as const,
    duplicates: (investorId: string) => ['investors', 'duplicates', investorId] as const,
    likely: (query: DuplicateQuery) => ['investors', 'likely', query] as const,
    merges: (investorId: string) => ['investors', 'merges', investorId] as const,
    timelines: (investorId: string) => ['investors', 'timeline', investorId] as const,
    timeline: (investorId: string, filters: TimelineFilters) => ['investors', 'timeline', investorId, filters] as const,
  },
  activities: {
    of: (investorId: string) => ['activities', investorId] as const,
    list: (investorId: string) => ['activities', investorId, 'list'] as const,
    one: (investorId: string, activityId: string) => ['activities', investorId, activityId] as const,
  },
  documents: {
    of: (investorId: string) => ['documents', investorId] as const,
    list: (investorId: string) => ['documents', investorId, 'list'] as const,
    about: (investorId: string, investmentId: string) => ['documents', investorId, 'about', investmentId] as const,
    one: (investorId: string, documentId: string) => ['documents', investorId, 'one', documentId] as const,
  },
  investments: {
    of: (investorId: string) => ['investments', investorId] as const,
    list: (investorId: string) => ['investments', investorId, 'list'] as const,
    one: (investorId: string, investmentId: string) => ['investments', investorId, 'one', investmentId] as const,
    cashFlows: (investorId: string, investmentId: string) => ['investments', investorId, 'cash_flows', investmentId] as const,
    holdings: (investorId: string) => ['investments', investorId, 'holdings'] as const,
  },
  reminders: {
    of: (investorId: string) => ['reminders', 'of', investorId] as const,
    mine: ['reminders', 'mine'] as const,
    mineWith: (statuses: readonly ReminderStatus[], dueBefore?: string) => ['reminders', 'mine', statuses, dueBefore] as const,
  },
  products: {
    all: ['products'] as const,
    lists: ['products', 'list'] as const,
    list: (filters: ProductFilters) => ['products', 'list', filters] as const,
    one: (productId: string) => ['products', 'one', productId] as const,
    members: (productId: string) => ['products', 'members', productId] as const,
    deletion: (productId: string) => ['products', 'deletion', productId] as const,
  },
  requirements: {
    of: (productId: string) => ['requirements', productId] as const,
    list: (productId: string, filters: RequirementFilters) => ['requirements', productId, 'list', filters] as const,
    everyone: (productId: string) => ['requirements', productId, 'everyone'] as const,
    one: (productId: string, requirementId: string) => ['requirements', productId, 'one', requirementId] as const,
    versions: (productId: string, requirementId: string) => ['requirements', productId, 'versions', requirementId] as const,
    compare: (productId: string, requirementId: string, from: number, to: number) =>
      ['requirements', productId, 'compare', requirementId, from, to] as const,
  },
  baselines: {
    of: (productId: string) => ['baselines', productId] as const,
    list: (productId: string) => ['baselines', productId, 'list'] as const,
    one: (productId: string, baselineId: string) => ['baselines', productId, 'one', baselineId] as const,
    compare: (productId: string, baselineId: string, other: string) => ['baselines', productId, 'compare', baselineId, other] as const,
  },
  milestones: {
    of: (productId: string) => ['milestones', productId] as const,
    roadmap: ['milestones', 'roadmap'] as const,
  },
  rules: { of: (productId: string) => ['product-rules', productId] as const },
  assets: {
    of: (productId: string) => ['assets', productId] as const,
    list: (productId: string, filters: AssetFilters) => ['assets', productId, 'list', filters] as const,
    one: (productId: string, assetId: string) => ['assets', productId, 'one', assetId] as const,
    /** Separate from the others: a file never changes, and every read of one is recorded. */
    picture: (assetId: string, number: number) => ['asset-pictures', assetId, number] as const,
  },
  tasks: {
    all: ['tasks'] as const,
    of: (productId: string) => ['tasks', productId] as const,
    ofRequirement: (productId: string, requirementId: string) => ['tasks', productId, 'requirement', requirementId] as const,
    mine: ['tasks', 'mine'] as const,
    list: (productId: string, filters: TaskFilters) => ['tasks', productId, 'list', filters] as const,
    one: (productId: string, taskId: string) => ['tasks', productId, 'one', taskId] as const,
    comments: (productId: string, taskId: string) => ['tasks', productId, 'comments', taskId] as const,
    attachments: (productId: string, taskId: string) => ['tasks', productId, 'attachments', taskId] as const,
    attachment: (productId: string, taskId: string, attachmentId: string) =>
      ['tasks', productId, 'attachment', taskId, attachmentId] as const,
    history: (productId: string, taskId: string) => ['tasks', productId, 'history', taskId] as const,
    views: (productId: string) => ['tasks', productId, 'views'] as const,
  },
  // Separate from the tasks: a live event moves one card without reloading the whole board.
  boards: {
    of: (productId: string) => ['boards', productId] as const,
    one: (productId: string, filters: BoardFilters) => ['boards', productId, filters] as const,
    /** Short enough to reload. */
    top: (productId: string) => ['board-tops', productId] as const,
  },
  search: (q: string) => ['search', q] as const,
  analytics: {
    all: ['analytics'] as const,
    portfolio: ['analytics', 'portfolio'] as const,
    activity: (filters: TrendFilters) => ['analytics', 'activity', filters] as const,
    highlights: (month: string) => ['analytics', 'highlights', month] as const,
    investor: (investorId: string) => ['analytics', 'investor', investorId] as const,
  },
  productAnalytics: {
    of: (productId: string) => ['product-analytics', productId] as const,
    flow: (productId: string, period: ProductPeriod) => ['product-analytics', productId, 'flow', period] as const,
    cycle: (productId: string, period: ProductPeriod) => ['product-analytics', productId, 'cycle', period] as const,
    team: (productId: string, period: ProductPeriod) => ['product-analytics', productId, 'team', period] as const,
  },
  imports: {
    all: ['imports'] as const,
    list: ['imports', 'list'] as const,
    one: (importId: string) => ['imports', 'one', importId] as const,
    preview: (importId: string, encoding: ImportEncoding) => ['imports', 'preview', importId, encoding] as const,
    errors: (importId: string) => ['imports', 'errors', importId] as const,
  },
  audit: {
    all: ['audit'] as const,
    list: (filters: AuditFilters) => ['audit', 'list', filters] as const,
    verify: (entityType: string, entityId: string) => ['audit', 'verify', entityType, entityId] as const,
  },
  notifications: {
    all: ['notifications'] as const,
    list: (filters: NotificationFilters) => ['notifications', 'list', filters] as const,
    unread: ['notifications', 'unread-count'] as const,
  },
}
