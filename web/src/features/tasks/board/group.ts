import type { Priority, TaskCard, TaskStatus } from '@/api/types'
import { PRIORITIES } from '@/api/words'
import type { LaneKind } from '../routes'
import { STATUSES } from './place'

/** The card fields that filters can match. */
export interface CardFilter {
  priority?: Priority
  label?: string
  text?: string
}

/** Whether a card's reference, title or labels contain the text, ignoring case, as on the server. */
export function fits(card: TaskCard, { priority, label, text }: CardFilter): boolean {
  if (priority !== undefined && card.priority !== priority) return false
  if (label !== undefined && !card.labels.includes(label)) return false
  if (text === undefined) return true
  const wanted = text.toLowerCase()
  return [card.reference, card.title, ...card.labels].some((words) => words.toLowerCase().includes(wanted))
}

export interface Lane {
  /** The common value of its cards; `none` if they have none. */
  value: string
  label: string
  cards: Record<TaskStatus, TaskCard[]>
  count: number
}

const emptyCards = (): Lane['cards'] => ({ open: [], in_progress: [], blocked: [], in_review: [], done: [] })

function valueOf(card: TaskCard, kind: LaneKind): string {
  if (kind === 'priority') return card.priority
  return (kind === 'assignee' ? card.assignee_id : card.requirement_id) ?? 'none'
}

/** The field that dropping a task into a lane changes, with its value; null if nothing changes. */
export function lanePatch(
  card: TaskCard,
  kind: LaneKind,
  value: string,
): { priority: Priority } | { assignee_id: string | null } | { requirement_id: string | null } | null {
  if (valueOf(card, kind) === value) return null
  if (kind === 'priority') return { priority: value as Priority }
  const id = value === 'none' ? null : value
  return kind === 'assignee' ? { assignee_id: id } : { requirement_id: id }
}

const NONE: Record<LaneKind, string> = { assignee: 'Unassigned', priority: '', requirement: 'No requirement' }
const COLLATOR = new Intl.Collator('en', { numeric: true })

/** The cards of each column by their common value: priorities by urgency, people and requirements by name, those without a value last. */
export function lanesOf(
  columns: Record<TaskStatus, readonly TaskCard[]>,
  kind: LaneKind,
  nameOf: (value: string) => string | undefined,
): Lane[] {
  const lanes = new Map<string, Lane>()
  const lane = (value: string) => {
    let found = lanes.get(value)
    if (!found) {
      const label = kind === 'priority' ? PRIORITIES[value as Priority] : value === 'none' ? NONE[kind] : (nameOf(value) ?? 'Unknown')
      found = { value, label, cards: emptyCards(), count: 0 }
      lanes.set(value, found)
    }
    return found
  }
  for (const status of STATUSES) {
    for (const card of columns[status]) {
      const into = lane(valueOf(card, kind))
      into.cards[status].push(card)
      into.count += 1
    }
  }
  const urgency = Object.keys(PRIORITIES)
  return [...lanes.values()].sort((a, b) => {
    if (kind === 'priority') return urgency.indexOf(a.value) - urgency.indexOf(b.value)
    if ((a.value === 'none') !== (b.value === 'none')) return a.value === 'none' ? 1 : -1
    return COLLATOR.compare(a.label, b.label)
  })
}
