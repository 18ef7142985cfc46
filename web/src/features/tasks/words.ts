import type { AuditRecord, FieldChange } from '@/api/types'
import { PRIORITIES, TASK_STATUSES, humanize } from '@/api/words'
import { formatDate } from '@/lib/day'

const FIELDS: Record<string, string> = {
  assignee_id: 'Assignee',
  requirement_id: 'Requirement',
  requirement_version: 'Requirement version',
  milestone_id: 'Milestone',
  due_on: 'Due date',
  estimate_hours: 'Estimate',
  watcher_ids: 'Watchers',
  external_id: 'External key',
}

export function fieldWord(field: string): string {
  return FIELDS[field] ?? humanize(field)
}

const VALUES: Record<string, Record<string, string>> = { status: TASK_STATUSES, priority: PRIORITIES }

/** Display text of a value; null if there is none. */
export function valueWords(field: string, value: unknown, nameOf: (id: string) => string | undefined): string | null {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((one) => nameOf(String(one)) ?? String(one)).join(', ')
  const text = String(value)
  if (field.endsWith('_id') && field !== 'external_id') return nameOf(text) ?? 'something deleted'
  if (field === 'due_on') return formatDate(text)
  if (field === 'estimate_hours') return `${text} h`
  return VALUES[field]?.[text] ?? text
}

// Ranks mean nothing to users, and long texts don't fit on a line.
const HIDDEN = new Set(['rank', 'requirement_version'])
const LONG = new Set(['description', 'checklist', 'watcher_ids'])

/** The changes of a record that are worth showing. */
export function shownChanges({ changes }: Pick<AuditRecord, 'changes'>): FieldChange[] {
  return changes.filter(({ field }) => !HIDDEN.has(field))
}

/** What was done, to follow the actor's name in a sentence. */
export function deed({ action, changes }: Pick<AuditRecord, 'action' | 'changes'>): string {
  const words: Record<string, string> = {
    task_create: 'created the task',
    task_delete: 'deleted the task',
    task_move: 'moved it',
    task_watch: 'started watching it',
    task_unwatch: 'stopped watching it',
    comment_create: 'commented',
    denied: 'was refused',
  }
  const phrase = words[action]
  const shown = shownChanges({ changes })
  if (action === 'task_move' && shown.length === 0) return 'moved it within its column'
  if (phrase) return phrase
  const fields = shown.map(({ field }) => fieldWord(field).toLowerCase())
  if (fields.length === 0) return humanize(action).toLowerCase()
  return `changed the ${fields.length < 2 ? fields.join('') : `${fields.slice(0, -1).join(', ')} and ${fields.at(-1) ?? ''}`}`
}

/** Whether before and after fit on a line. */
export function isShort({ field }: Pick<FieldChange, 'field'>): boolean {
  return !LONG.has(field)
}
