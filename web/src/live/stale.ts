import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import type { LiveEvent } from '@/api/types'

type Changed = Extract<LiveEvent, { type: 'changed' }>

const progress = (productId: string): QueryKey[] => [keys.milestones.of(productId), keys.milestones.roadmap]

/** The queries made stale by a change to an entity. */
export function staleAfter(event: Changed): QueryKey[] {
  const { entity_id: id, parent_id: parent } = event
  switch (event.entity_type) {
    case 'investor':
      return [keys.investors.lists, keys.investors.one(id), keys.investors.timelines(id), keys.audit.all, keys.analytics.all]
    case 'merge':
      // The other investor's items now belong to this one: everything of this investor, and the analytics.
      return parent
        ? [
            keys.investors.all,
            keys.activities.of(parent),
            keys.documents.of(parent),
            keys.investments.of(parent),
            keys.reminders.of(parent),
            keys.reminders.mine,
            keys.analytics.all,
          ]
        : []
    case 'activity':
      return parent ? [keys.activities.of(parent), keys.investors.one(parent), keys.investors.timelines(parent)] : []
    case 'investment':
    case 'cash_flow':
      return parent ? [keys.investments.of(parent), keys.investors.timelines(parent)] : []
    case 'document':
      return parent ? [keys.documents.of(parent), keys.investors.timelines(parent)] : []
    case 'reminder':
      return parent ? [keys.reminders.of(parent), keys.reminders.mine, keys.investors.timelines(parent)] : [keys.reminders.mine]
    case 'analytics':
      // Sent when analytics have changed, after the change itself.
      return [keys.analytics.all, keys.investments.holdings(id)]
    case 'product_analytics':
      // Sent when a product's analytics have changed, after the task or requirement.
      return [keys.productAnalytics.of(id), keys.products.members(id)]
    case 'product':
      return [
        keys.products.lists,
        keys.products.one(id),
        keys.products.members(id),
        keys.boards.top(id),
        keys.milestones.roadmap,
        keys.audit.all,
      ]
    case 'product_deletion':
      return [keys.products.one(id), keys.products.deletion(id)]
    case 'requirement':
      // Tasks and assets show whether their requirement has changed; milestones count done requirements.
      return parent
        ? [keys.requirements.of(parent), keys.baselines.of(parent), keys.tasks.of(parent), keys.assets.of(parent), ...progress(parent)]
        : []
    case 'baseline':
      return parent ? [keys.baselines.of(parent)] : []
    case 'asset':
      return parent ? [keys.assets.of(parent)] : []
    case 'task':
      return parent
        ? [keys.tasks.of(parent), keys.tasks.mine, keys.boards.top(parent), keys.products.members(parent), ...progress(parent)]
        : []
    case 'comment':
    case 'attachment':
      return parent ? [keys.tasks.of(parent)] : []
    case 'rule':
      return parent ? [keys.rules.of(parent)] : []
    case 'milestone':
      return parent ? progress(parent) : []
    case 'import':
      // Not its preview: the file doesn't change.
      return [keys.imports.list, keys.imports.one(id), keys.imports.errors(id)]
    case 'user':
      return [keys.users.all, keys.me, keys.preferences, keys.factors]
    default:
      // A kind known to a newer server but not to this page.
      return []
  }
}

const FIRST_MS = 250
const BETWEEN_MS = 2000

/** Collects stale keys and refetches them in batches: an import of thousands of rows must not refetch a list each time. */
export class StaleBatch {
  private readonly pending = new Map<string, QueryKey>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private flushedAt = Number.NEGATIVE_INFINITY
  private readonly client: QueryClient

  constructor(client: QueryClient) {
    this.client = client
  }

  add(stale: QueryKey[]): void {
    for (const key of stale) this.pending.set(JSON.stringify(key), key)
    if (this.pending.size === 0 || this.timer !== undefined) return
    const delay = Math.max(FIRST_MS, this.flushedAt + BETWEEN_MS - Date.now())
    this.timer = setTimeout(() => this.flush(), delay)
  }

  clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.pending.clear()
  }

  private flush(): void {
    const stale = [...this.pending.values()]
    this.clear()
    this.flushedAt = Date.now()
    for (const queryKey of stale) void this.client.invalidateQueries({ queryKey })
  }
}
