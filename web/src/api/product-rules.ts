import { api, ifMatch, once, unwrap } from './client'
import type { NewRule, Rule, RulePatch } from './types'

type Placed = Pick<Rule, 'id' | 'product_id'>
type Versioned = Placed & Pick<Rule, 'version'>

const within = (productId: string) => ({ path: { product_id: productId } })
const one = ({ id, product_id }: Placed) => ({ path: { product_id, rule_id: id } })

/** A product's workflow rules, oldest first: at most 50, all on one page. */
export async function ruleList(productId: string): Promise<Rule[]> {
  return (await unwrap(api.GET('/api/products/{product_id}/rules', { params: within(productId) }))).items
}

export function ruleCreate(productId: string, body: NewRule, key?: string): Promise<Rule> {
  return unwrap(api.POST('/api/products/{product_id}/rules', { params: within(productId), body, ...once(key) }))
}

/** From then on the rule acts on behalf of the caller. */
export function ruleUpdate(rule: Versioned, body: RulePatch): Promise<Rule> {
  return unwrap(api.PATCH('/api/products/{product_id}/rules/{rule_id}', { params: one(rule), body, ...ifMatch(rule) }))
}

export function ruleDelete(rule: Versioned): Promise<void> {
  return unwrap(api.DELETE('/api/products/{product_id}/rules/{rule_id}', { params: one(rule), ...ifMatch(rule) }))
}
