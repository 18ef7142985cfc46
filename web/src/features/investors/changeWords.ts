import type { FieldChange, TimelineEntry } from '@/api/types'
import { INVESTOR_KINDS, INVESTOR_STATUSES, TIERS, humanize } from '@/api/words'

type Change = NonNullable<TimelineEntry['change']>

const FIELDS: Record<string, string> = {
  relationship_manager_id: 'relationship manager',
  email: 'email',
  external_key: 'external key',
}
const VALUES: Record<string, Record<string, string>> = { tier: TIERS, status: INVESTOR_STATUSES, kind: INVESTOR_KINDS }

/** Name of a field for use within a sentence. */
export function fieldName(field: string): string {
  return FIELDS[field] ?? humanize(field).toLowerCase()
}

/** Display text of a value; null if empty. */
export function valueWords(field: string, value: unknown, nameOf: (id: string) => string | undefined): string | null {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(', ')
  const text = String(value)
  return VALUES[field]?.[text] ?? (field === 'relationship_manager_id' ? (nameOf(text) ?? 'someone') : text)
}

/** What was done, to follow the actor's name in a sentence. */
export function changeSentence({ action, fields }: Change): string {
  const names = fields.filter(({ field }) => field !== 'deleted_at').map(({ field }) => fieldName(field))
  switch (action) {
    case 'investor_create':
      return 'created the investor'
    case 'investor_delete':
      return 'deleted the investor'
    case 'investor_restore':
      return 'restored the investor'
    case 'investor_merge':
      return fields.some(({ field }) => field === 'merged_into')
        ? 'merged this investor into another one'
        : 'merged another investor into this one'
    default:
      return names.length === 0 ? 'changed the investor' : `changed the ${listed(names)}`
  }
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

/** The changes to show with before and after; a new investor's fields are shown in its details. */
export function shownFields({ action, fields }: Change): FieldChange[] {
  return action === 'investor_update' ? fields : []
}
