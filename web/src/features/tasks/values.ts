import type { NewTask, Priority, TaskPatch, TaskStatus } from '@/api/types'

/** Form values of a task; empty fields are empty strings. */
export interface TaskValues {
  title: string
  description: string
  status: TaskStatus
  priority: Priority
  assignee_id: string
  requirement_id: string
  milestone_id: string
  due_on: string
  estimate_hours: string
  labels: string[]
}

export function freshTask(given: Partial<TaskValues> = {}): TaskValues {
  return {
    title: '',
    description: '',
    status: 'open',
    priority: 'medium',
    assignee_id: '',
    requirement_id: '',
    milestone_id: '',
    due_on: '',
    estimate_hours: '',
    labels: [],
    ...given,
  }
}

const MAX_HOURS = 10_000

/** Parses hours as typed into the API's format; `1,5` and `1.5` are the same. */
export function parseHours(typed: string): { hours: string | null } | { mistake: string } {
  const text = typed.trim().replace(',', '.')
  if (text === '') return { hours: null }
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(text)) return { mistake: 'Enter hours like 1.5.' }
  const [whole = '', fraction = ''] = text.split('.')
  if (fraction.replace(/0+$/, '').length > 2) return { mistake: 'Use at most two decimals.' }
  if (Number(text) > MAX_HOURS) return { mistake: 'Enter at most 10,000 hours.' }
  const digits = fraction.replace(/0+$/, '')
  return { hours: `${whole.replace(/^0+(?=\d)/, '') || '0'}${digits ? `.${digits}` : ''}` }
}

export function checkTask({ title, estimate_hours: hours }: TaskValues): Partial<Record<keyof TaskValues, string>> {
  const parsed = parseHours(hours)
  return { title: title.trim() === '' ? 'Enter a title.' : undefined, estimate_hours: 'mistake' in parsed ? parsed.mistake : undefined }
}

/** Request for a new task: only non-empty fields. */
export function newTask(values: TaskValues): NewTask {
  const parsed = parseHours(values.estimate_hours)
  const hours = 'hours' in parsed ? parsed.hours : null
  const { title, description, status, priority, labels } = values
  return {
    title: title.trim(),
    status,
    priority,
    labels,
    ...(description.trim() && { description: description.trim() }),
    ...(values.assignee_id && { assignee_id: values.assignee_id }),
    ...(values.requirement_id && { requirement_id: values.requirement_id }),
    ...(values.milestone_id && { milestone_id: values.milestone_id }),
    ...(values.due_on && { due_on: values.due_on }),
    ...(hours && { estimate_hours: hours }),
  }
}

/** The fields of a patch that someone else has changed to a different value. */
export function conflicts(patch: TaskPatch, seen: object, newer: object): string[] {
  const value = (of: object, field: string) => JSON.stringify((of as Record<string, unknown>)[field] ?? null)
  return Object.keys(patch).filter((field) => value(seen, field) !== value(newer, field) && value(newer, field) !== value(patch, field))
}
