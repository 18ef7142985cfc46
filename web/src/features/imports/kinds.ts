import type { ImportField, ImportKey, ImportKind } from '@/api/types'

/** What the pages say and offer for what the rows of a file become. */
interface Words {
  /** "Import requirements". */
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

/** What each key is good for. */
export const KEY_NOTES: Record<ImportKey, string> = {
  external_key: 'The id of another system. The surest: names and addresses change.',
  email: 'No two investors have the same.',
  name: 'Compared without upper and lower case.',
  number: 'The number or reference that Steward gave, as an export has it. A row without one makes a new one.',
  external_id: 'The id of another system, unique in the product.',
}
