import type { Investor, InvestorPatch } from '@/api/types'
import { INVESTOR_KINDS, INVESTOR_STATUSES, TIERS } from '@/api/words'
import { countryName } from '@/lib/countries'

/** Fields with a single value after the merge; tags and notes of both are kept. */
export const CHOSEN = [
  'name',
  'kind',
  'tier',
  'status',
  'relationship_manager_id',
  'email',
  'phone',
  'address',
  'country',
  'external_key',
] as const
export type ChosenField = (typeof CHOSEN)[number]

export const FIELD_NAMES: Record<ChosenField, string> = {
  name: 'Name',
  kind: 'Kind',
  tier: 'Tier',
  status: 'Status',
  relationship_manager_id: 'Relationship manager',
  email: 'Email',
  phone: 'Phone',
  address: 'Address',
  country: 'Country',
  external_key: 'External key',
}

/** Conflicting fields, where the user has to choose: both have a value. */
export function conflicts(stays: Investor, goes: Investor): ChosenField[] {
  return CHOSEN.filter((field) => stays[field] && goes[field] && stays[field] !== goes[field])
}

/** Fields that only the merged investor has; they are copied. */
export function gained(stays: Investor, goes: Investor): ChosenField[] {
  return CHOSEN.filter((field) => !stays[field] && goes[field])
}

/** Best first, as on the server. */
const TIER_ORDER = Object.keys(TIERS) as Investor['tier'][]

/** What is taken from the other investor unless the user decides otherwise: a better tier, so that a merge demotes nobody. */
export function taking(stays: Investor, goes: Investor): ReadonlySet<ChosenField> {
  return new Set(TIER_ORDER.indexOf(goes.tier) < TIER_ORDER.indexOf(stays.tier) ? (['tier'] as const) : [])
}

/** The choices to send: only values taken from the other investor. */
export function changesOf(goes: Investor, taken: ReadonlySet<ChosenField>): InvestorPatch {
  return Object.fromEntries([...taken].map((field) => [field, goes[field]])) as InvestorPatch
}

/** Display text of a value. */
export function shown(investor: Investor, field: ChosenField, nameOf: (userId: string) => string | undefined): string {
  switch (field) {
    case 'kind':
      return INVESTOR_KINDS[investor.kind]
    case 'tier':
      return TIERS[investor.tier]
    case 'status':
      return INVESTOR_STATUSES[investor.status]
    case 'relationship_manager_id':
      return nameOf(investor.relationship_manager_id ?? '') ?? 'A former user'
    case 'country':
      return countryName(investor.country ?? '')
    default:
      return investor[field] ?? ''
  }
}
