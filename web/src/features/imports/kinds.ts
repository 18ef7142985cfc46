import type { ImportField, ImportKey, ImportKind } from '@/api/types'

/** Texts and options for each kind of import. */
interface Words {
  /** As in "Import requirements". */
  many: string
  one: string
  fields: readonly ImportField[]
  keys: readonly ImportKey[]
  mostRows: number
}

const WORK: readonly ImportField[] = ['number', 'external_id', 'title', 'description', 'priority', 'status']

export const KINDS: Record<ImportKind, Words> = {
  investors: {
    many: 'investors',
    one: 'investor',
    fields: ['name', 'kind', 'email', 'phone', 'address', 'country', 'tier', 'status', 'tags', 'notes', 'external_key'],
    keys: ['email', 'external_key', 'name'],
    mostRows: 100_000,
  },
  requirements: {
    many: 'requirements',
    one: 'requirement',
    fields: [...WORK, 'acceptance_criteria', 'parent', 'milestone'],
    keys: ['number', 'external_id'],
    mostRows: 20_000,
  },
  tasks: {
    many: 'tasks',
    one: 'task',
    fields: [...WORK, 'assignee', 'requirement', 'milestone', 'due_on', 'estimate_hours', 'labels'],
    keys: ['number', 'external_id'],
    mostRows: 20_000,
  },
}

/** When to use each key. */
export const KEY_NOTES: Record<ImportKey, string> = {
  external_key: 'The ID in another system. The most reliable key: names and addresses change.',
  email: 'Unique per investor.',
  name: 'Compared case-insensitively.',
  number: 'The number or reference assigned by Steward, as in an export. A row without one creates a new entry.',
  external_id: 'The ID in another system, unique within the product.',
}
