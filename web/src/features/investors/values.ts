import { emailMistake, nameMistake } from '@/api/rules'
import type { Investor, InvestorKind, InvestorPatch, InvestorStatus, NewInvestor, Tier } from '@/api/types'
import { changes } from '@/lib/rebase'

/** Form values of an investor; empty fields are empty strings. */
export interface Values {
  name: string
  kind: InvestorKind
  tier: Tier
  status: InvestorStatus
  relationship_manager_id: string
  email: string
  phone: string
  address: string
  country: string
  tags: string[]
  external_key: string
  notes: string
}

export const EMPTY: Values = {
  name: '',
  kind: 'company',
  tier: 'prospect',
  status: 'active',
  relationship_manager_id: '',
  email: '',
  phone: '',
  address: '',
  country: '',
  tags: [],
  external_key: '',
  notes: '',
}

export function valuesOf(investor: Investor): Values {
  return {
    name: investor.name,
    kind: investor.kind,
    tier: investor.tier,
    status: investor.status,
    relationship_manager_id: investor.relationship_manager_id ?? '',
    email: investor.email ?? '',
    phone: investor.phone ?? '',
    address: investor.address ?? '',
    country: investor.country ?? '',
    tags: [...investor.tags],
    external_key: investor.external_key ?? '',
    notes: investor.notes ?? '',
  }
}

export function check({ name, email }: Values) {
  return { name: nameMistake(name), email: email.trim() === '' ? undefined : emailMistake(email) }
}

const isEmpty = (value: unknown) => typeof value === 'string' && value.trim() === ''

/** Request for a new investor: only non-empty fields. */
export function newInvestor(values: Values): NewInvestor {
  const filled = Object.entries(values).filter(([, value]) => !isEmpty(value))
  return Object.fromEntries(filled) as unknown as NewInvestor
}

/** Patch for an edit: only changed fields, and null for those that were emptied. */
export function patchOf(values: Values, base: Values): InvestorPatch {
  const changed = Object.entries(changes(values, base)).map(([field, value]) => [field, isEmpty(value) ? null : value])
  return Object.fromEntries(changed) as InvestorPatch
}
