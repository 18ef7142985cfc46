// The types of tasks until the API's document has them.
import type { Priority } from './types'

export type TaskStatus = 'open' | 'in_progress' | 'blocked' | 'in_review' | 'done'

export interface ChecklistItem {
  id: string
  text: string
  done: boolean
}

export interface TaskCard {
  id: string
  version: number
  product_id: string
  number: number
  reference: string
  title: string
  status: TaskStatus
  rank: string
  priority: Priority
  assignee_id?: string | null
  requirement_id?: string | null
  milestone_id?: string | null
  due_on?: string | null
  estimate_hours?: string | null
  labels: string[]
  checklist_done: number
  checklist_total: number
  comment_count: number
  attachment_count: number
  status_since: string
  updated_at: string
}

export interface Task extends Omit<TaskCard, 'checklist_done' | 'checklist_total'> {
  description?: string | null
  requirement_version?: number | null
  requirement_suspect?: boolean | null
  checklist: ChecklistItem[]
  watcher_ids: string[]
  started_at?: string | null
  done_at?: string | null
  external_id?: string | null
  created_at: string
  created_by: string
  created_by_name: string
}

export type NewChecklistItem = Omit<ChecklistItem, 'id'> & { id?: string }

export interface NewTask {
  title: string
  description?: string
  status?: TaskStatus
  priority?: Priority
  assignee_id?: string
  requirement_id?: string
  milestone_id?: string
  due_on?: string
  estimate_hours?: string
  labels?: string[]
  checklist?: NewChecklistItem[]
}

export interface TaskPatch {
  title?: string
  description?: string | null
  status?: TaskStatus
  priority?: Priority
  assignee_id?: string | null
  requirement_id?: string | null
  milestone_id?: string | null
  due_on?: string | null
  estimate_hours?: string | null
  labels?: string[]
  checklist?: NewChecklistItem[]
}

export interface TaskMove {
  status: TaskStatus
  /** The card below the new place. */
  before_id?: string | null
  /** The card above the new place. */
  after_id?: string | null
}

export interface TasksUpdated {
  updated: TaskCard[]
  refused: { id: string; code: string; detail: string }[]
}

export interface BoardColumn {
  status: TaskStatus
  items: TaskCard[]
  next_cursor?: string | null
  count: number
}

export interface Board {
  columns: BoardColumn[]
  wip_limits: Partial<Record<TaskStatus, number | null>>
}

export interface Comment {
  id: string
  version: number
  task_id: string
  text: string
  mentions: string[]
  created_at: string
  updated_at: string
  created_by: string
  created_by_name: string
}

export interface SavedView {
  id: string
  name: string
  query: string
}

export interface TaskFilters {
  status?: TaskStatus
  priority?: Priority
  /** A user's id or `none`. */
  assignee_id?: string
  requirement_id?: string
  milestone_id?: string
  label?: string
  due_before?: string
  text?: string
}

export interface BoardFilters {
  assignee_id?: string
  requirement_id?: string
  milestone_id?: string
}
