import { api, unwrap } from './client'
import type { ActivityTrend, Filters, Highlights, InvestorAnalytics, Portfolio } from './types'

export type TrendFilters = Filters<'analytics_activity'>

export function analyticsPortfolio(): Promise<Portfolio> {
  return unwrap(api.GET('/api/analytics/portfolio'))
}

export function analyticsActivity(query: TrendFilters): Promise<ActivityTrend> {
  return unwrap(api.GET('/api/analytics/activity', { params: { query } }))
}

/** `month` is any day of that month. */
export function analyticsHighlights(month: string): Promise<Highlights> {
  return unwrap(api.GET('/api/analytics/highlights', { params: { query: { month } } }))
}

export function investorAnalyticsGet(investorId: string): Promise<InvestorAnalytics> {
  return unwrap(api.GET('/api/investors/{investor_id}/analytics', { params: { path: { investor_id: investorId } } }))
}
