import type { ActivityTrend, CurrencyCapital, Highlights, InvestorAnalytics, Portfolio, SearchHit } from '../src/api/types'
import { investors, me } from './fake-api'

// Consistent figures: 42 investors, two years of activities.

const count = (value: string, number: number) => ({ value, count: number })

function held(currency: string, committed: string, paidIn: string, distributed: string, nav: string): CurrencyCapital {
  const money = (amount: string) => ({ amount, currency })
  const part = (value: string, investments: number, amount: string) => ({
    value,
    investments,
    committed: money(amount),
    paid_in: money(amount),
  })
  return {
    currency,
    investments: 14,
    unvalued: 0,
    rolled_forward: 0,
    figures: {
      committed: money(committed),
      paid_in: money(paidIn),
      distributed: money(distributed),
      nav: money(nav),
      unfunded: money('3400000.00'),
      dpi: '0.3556',
      rvpi: '1.2635',
      tvpi: '1.6190',
      reason: null,
    },
    by_tier: [part('platinum', 5, '6500000.00'), part('gold', 6, '4000000.00'), part('silver', 3, '2000000.00')],
    by_status: [part('active', 11, '10100000.00'), part('exited', 3, '2400000.00')],
  }
}

export const portfolio: Portfolio = {
  investors: 42,
  by_tier: [count('platinum', 3), count('gold', 9), count('silver', 11), count('bronze', 7), count('prospect', 12)],
  by_status: [count('active', 38), count('inactive', 4)],
  by_kind: [count('person', 6), count('fund', 17), count('company', 12), count('family_office', 7)],
  capital: [
    held('EUR', '12500000.00', '9100000.00', '2750000.00', '8400000.00'),
    held('USD', '48000000.00', '31500000.00', '11200000.00', '39800000.00'),
  ],
}

const DAYS = { day: 1, week: 7, month: 30 }

function trend(interval: 'day' | 'week' | 'month'): ActivityTrend {
  const points = Array.from({ length: 26 }, (_, n) => {
    const start = new Date(Date.UTC(2026, 10, 16) - (25 - n) * DAYS[interval] * 86_400_000).toISOString().slice(0, 10)
    const counts = { email: (n * 5) % 9, call: (n * 3) % 7, meeting: (n * 2) % 5, note: n % 4, update: n % 3 }
    return { start, counts, total: Object.values(counts).reduce((sum, one) => sum + one, 0) }
  })
  const counts = { email: 0, call: 0, meeting: 0, note: 0, update: 0 }
  for (const point of points) for (const kind of Object.keys(counts) as (keyof typeof counts)[]) counts[kind] += point.counts[kind]
  return {
    from: points[0]?.start ?? '',
    to: '2026-11-21',
    interval,
    counts,
    total: points.reduce((sum, one) => sum + one.total, 0),
    points,
  }
}

function highlights(month: string): Highlights {
  const some = investors.slice(0, 6)
  return {
    month,
    top_investors: some.map((one, n) => ({
      investor_id: one.id,
      name: one.name,
      total: 12 - n * 2,
      last_day: `${month.slice(0, 8)}1${n}`,
    })),
    users: [{ user_id: me.id, counts: { email: 9, call: 4, meeting: 3, note: 1, update: 0 }, total: 17 }],
    recent_activities: some.map((one, n) => ({
      activity_id: `0199f000-0000-7000-8000-0000000000c${n}`,
      investor_id: one.id,
      investor_name: one.name,
      kind: n % 2 === 0 ? 'meeting' : 'call',
      occurred_at: new Date(Date.now() - (n + 1) * 7_200_000).toISOString(),
      created_by: me.id,
      created_by_name: me.name,
    })),
  }
}

const DAY_MS = 86_400_000

const figures = (): InvestorAnalytics => {
  const { counts, total, points } = trend('month')
  return {
    counts,
    total,
    last_contact_on: new Date(Date.now() - 3 * DAY_MS).toISOString().slice(0, 10),
    engagement_score: 64,
    months: points.slice(-24),
  }
}

export const analyst = { ...me, permissions: [...me.permissions, 'analytics_read', 'user_read'] }

/** Handlers for analytics and search, for a user who may read analytics. */
export const analytics = {
  'GET /api/me': () => ({ body: analyst }),
  'GET /api/analytics/portfolio': () => ({ body: portfolio }),
  'GET /api/analytics/activity': ({ url }: { url: URL }) => ({ body: trend((url.searchParams.get('interval') ?? 'week') as 'week') }),
  'GET /api/analytics/highlights': ({ url }: { url: URL }) => ({ body: highlights(url.searchParams.get('month') ?? '2026-11-01') }),
  'GET /api/investors/([^/]+)/analytics': () => ({ body: figures() }),
  'GET /api/search': ({ url }: { url: URL }) => {
    const typed = (url.searchParams.get('q') ?? '').toLowerCase()
    const found: SearchHit[] = investors
      .filter((one) =>
        one.name
          .toLowerCase()
          .split(/\W+/u)
          .some((word) => word.startsWith(typed)),
      )
      .slice(0, 10)
      .map((one) => ({ kind: 'investor', id: one.id, name: one.name, investor_kind: one.kind, tier: one.tier }))
    const people: SearchHit[] = me.name.toLowerCase().startsWith(typed)
      ? [{ kind: 'user', id: me.id, name: me.name, username: me.username, status: 'active' }]
      : []
    return { body: { items: [...found, ...people] } }
  },
}
