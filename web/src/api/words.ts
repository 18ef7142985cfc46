import type { ActivityKind, ImportEncoding, ImportField, ImportKey, ImportStatus, TrendInterval, InvestorKind, InvestorStatus, Role, Tier, UserStatus } from './types'

// The API's words as people read them, in the order in which they are offered.
export const TIERS: Record<Tier, string> = {
  platinum: 'Platinum',
  gold: 'Gold',
  silver: 'Silver',
  bronze: 'Bronze',
  prospect: 'Prospect',
}
export const INVESTOR_STATUSES: Record<InvestorStatus, string> = { active: 'Active', inactive: 'Inactive' }
export const INVESTOR_KINDS: Record<InvestorKind, string> = {
  person: 'Person',
  fund: 'Fund',
  company: 'Company',
  family_office: 'Family office',
}
export const ACTIVITY_KINDS: Record<ActivityKind, string> = {
  email: 'E-mail',
  call: 'Call',
  meeting: 'Meeting',
  note: 'Note',
  update: 'Update',
}
export const INTERVALS: Record<TrendInterval, string> = { day: 'Days', week: 'Weeks', month: 'Months' }
export const ROLES: Record<Role, string> = {
  admin: 'Admin',
  relationship_manager: 'Relationship manager',
  analyst: 'Analyst',
  manager: 'Manager',
  team_member: 'Team member',
}
export const USER_STATUSES: Record<UserStatus, string> = { active: 'Active', disabled: 'Disabled' }
export const IMPORT_STATUSES: Record<ImportStatus, string> = {
  awaiting_upload: 'Awaiting upload',
  ready: 'Ready',
  checking: 'Checking',
  checked: 'Checked',
  importing: 'Importing',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

export const IMPORT_FIELDS: Record<ImportField, string> = {
  name: 'Name',
  kind: 'Kind',
  email: 'E-mail',
  phone: 'Phone',
  address: 'Address',
  country: 'Country',
  tier: 'Tier',
  status: 'Status',
  tags: 'Tags',
  notes: 'Notes',
  external_key: 'External key',
}
export const IMPORT_KEYS: Record<ImportKey, string> = { external_key: 'External key', email: 'E-mail', name: 'Name' }
export const IMPORT_ENCODINGS: Record<ImportEncoding, string> = { 'utf-8': 'UTF-8', 'windows-1252': 'Windows-1252 (older Excel)' }

/** A table of words as the options of a select or filter. */
export function options<V extends string>(words: Record<V, string>): { value: V; label: string }[] {
  return (Object.entries(words) as [V, string][]).map(([value, label]) => ({ value, label }))
}

/** `investor_created` → "Investor created", for names that the API may add to. */
export function humanize(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
