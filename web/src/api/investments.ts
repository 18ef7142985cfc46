import { api, ifMatch, once, paged, unwrap } from './client'
import type { CashFlow, CashFlowPatch, Holdings, Investment, InvestmentPatch, NewCashFlow, NewInvestment, Page } from './types'

type Placed = Pick<Investment, 'id' | 'investor_id'>
type PlacedFlow = Pick<CashFlow, 'id' | 'investor_id' | 'investment_id' | 'version'>

const one = ({ id, investor_id }: Placed) => ({ path: { investor_id, investment_id: id } })
const flow = ({ id, investor_id, investment_id }: PlacedFlow) => ({ path: { investor_id, investment_id, cash_flow_id: id } })

export function investmentList(investorId: string, cursor?: string | null): Promise<Page<Investment>> {
  const params = { path: { investor_id: investorId }, query: paged({}, cursor) }
  return unwrap(api.GET('/api/investors/{investor_id}/investments', { params }))
}

export function investmentCreate(investorId: string, body: NewInvestment, key?: string): Promise<Investment> {
  const params = { path: { investor_id: investorId } }
  return unwrap(api.POST('/api/investors/{investor_id}/investments', { params, body, ...once(key) }))
}

export function investmentGet(investment: Placed): Promise<Investment> {
  return unwrap(api.GET('/api/investors/{investor_id}/investments/{investment_id}', { params: one(investment) }))
}

export function investmentUpdate(investment: Placed & Pick<Investment, 'version'>, body: InvestmentPatch): Promise<Investment> {
  const request = { params: one(investment), body, ...ifMatch(investment) }
  return unwrap(api.PATCH('/api/investors/{investor_id}/investments/{investment_id}', request))
}

export function investmentDelete(investment: Placed & Pick<Investment, 'version'>): Promise<void> {
  const request = { params: one(investment), ...ifMatch(investment) }
  return unwrap(api.DELETE('/api/investors/{investor_id}/investments/{investment_id}', request))
}

export function cashFlowList(investment: Placed, cursor?: string | null): Promise<Page<CashFlow>> {
  const params = { ...one(investment), query: paged({}, cursor) }
  return unwrap(api.GET('/api/investors/{investor_id}/investments/{investment_id}/cash_flows', { params }))
}

export function cashFlowCreate(investment: Placed, body: NewCashFlow, key?: string): Promise<CashFlow> {
  const request = { params: one(investment), body, ...once(key) }
  return unwrap(api.POST('/api/investors/{investor_id}/investments/{investment_id}/cash_flows', request))
}

export function cashFlowUpdate(cashFlow: PlacedFlow, body: CashFlowPatch): Promise<CashFlow> {
  const request = { params: flow(cashFlow), body, ...ifMatch(cashFlow) }
  return unwrap(api.PATCH('/api/investors/{investor_id}/investments/{investment_id}/cash_flows/{cash_flow_id}', request))
}

export function cashFlowDelete(cashFlow: PlacedFlow): Promise<void> {
  const request = { params: flow(cashFlow), ...ifMatch(cashFlow) }
  return unwrap(api.DELETE('/api/investors/{investor_id}/investments/{investment_id}/cash_flows/{cash_flow_id}', request))
}

/** An investor's holdings in each currency; different currencies are never added up. */
export function holdingsGet(investorId: string): Promise<Holdings> {
  return unwrap(api.GET('/api/investors/{investor_id}/holdings', { params: { path: { investor_id: investorId } } }))
}
