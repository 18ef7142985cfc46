import type { LinkKind, NewRequirement, Priority, Requirement, RequirementLink, RequirementPatch, RequirementStatus } from '@/api/types'
import { changes } from '@/lib/rebase'

export interface LinkValue {
  requirement_id: string
  kind: LinkKind
  /** For an existing link, which stays as it is. */
  at_version?: number
}

/** Form values of a requirement; empty fields are empty strings. */
export interface Values {
  title: string
  description: string
  priority: Priority
  status: RequirementStatus
  acceptance_criteria: string[]
  parent_id: string
  milestone_id: string
  links: LinkValue[]
  external_id: string
}

export const EMPTY: Values = {
  title: '',
  description: '',
  priority: 'medium',
  status: 'draft',
  acceptance_criteria: [],
  parent_id: '',
  milestone_id: '',
  links: [],
  external_id: '',
}

const kept = ({ requirement_id, kind, at_version }: RequirementLink): LinkValue => ({ requirement_id, kind, at_version })

export function valuesOf(requirement: Requirement): Values {
  const { title, description, priority, status, acceptance_criteria: criteria, parent_id, milestone_id, links, external_id } = requirement
  return {
    title,
    priority,
    status,
    description: description ?? '',
    acceptance_criteria: [...criteria],
    parent_id: parent_id ?? '',
    milestone_id: milestone_id ?? '',
    links: links.map(kept),
    external_id: external_id ?? '',
  }
}

const MAX_TITLE = 300

export function check({ title, links }: Values) {
  const length = [...title.trim()].length
  const pairs = links.map(({ requirement_id, kind }) => `${requirement_id} ${kind}`)
  return {
    title: length === 0 ? 'Enter a title.' : length > MAX_TITLE ? `Use at most ${MAX_TITLE} characters.` : undefined,
    links: links.some((link) => link.requirement_id === '')
      ? 'Choose a requirement, or remove the link.'
      : new Set(pairs).size < pairs.length
        ? 'A link is duplicated.'
        : undefined,
  }
}

const filled = (criteria: readonly string[]) => criteria.map((one) => one.trim()).filter((one) => one !== '')
const isEmpty = (value: unknown) => typeof value === 'string' && value.trim() === ''

/** Request for a new requirement: only non-empty fields. */
export function newRequirement(values: Values): NewRequirement {
  const { acceptance_criteria: criteria, ...others } = values
  const given = Object.entries(others).filter(([, value]) => !isEmpty(value))
  return { ...(Object.fromEntries(given) as unknown as NewRequirement), acceptance_criteria: filled(criteria) }
}

/** Patch for an edit: only changed fields, and null for those that were emptied. */
export function patchOf(values: Values, base: Values): RequirementPatch {
  const changed = changes({ ...values, acceptance_criteria: filled(values.acceptance_criteria) }, base)
  return Object.fromEntries(Object.entries(changed).map(([field, value]) => [field, isEmpty(value) ? null : value])) as RequirementPatch
}

/** A requirement's links with one of them confirmed against the current version of its target. */
export function confirming(links: readonly RequirementLink[], confirmed: RequirementLink): LinkValue[] {
  return links.map((link) => (link === confirmed ? { requirement_id: link.requirement_id, kind: link.kind } : kept(link)))
}
