// The types of baselines and milestones until the API's document has them.
import type { RequirementCard } from './types'

export interface Baseline {
  id: string
  version: number
  created_at: string
  product_id: string
  name: string
  description?: string | null
  requirement_count: number
  created_by: string
  created_by_name: string
}

export interface BaselineChange {
  /** As it is in what the baseline is compared with. */
  requirement: RequirementCard
  from_version: number
  to_version: number
  /** Whether title, description or acceptance criteria differ. */
  content_changed: boolean
}

/** One page of what differs, with the counts of all. */
export interface BaselineComparison {
  added_count: number
  changed_count: number
  deleted_count: number
  added: RequirementCard[]
  changed: BaselineChange[]
  deleted: RequirementCard[]
  next_cursor?: string | null
}

export type MilestoneStatus = 'open' | 'reached'

export interface MilestoneProgress {
  tasks_total: number
  tasks_done: number
  requirements_total: number
  requirements_done: number
  percent: number
}

export interface Milestone {
  id: string
  version: number
  created_at: string
  updated_at: string
  product_id: string
  name: string
  description?: string | null
  /** A day, `2026-12-31`. */
  due_on: string
  status: MilestoneStatus
  progress: MilestoneProgress
  at_risk: boolean
  at_risk_reason?: string | null
}

/** A milestone with the product that it belongs to. */
export interface RoadmapMilestone extends Milestone {
  product_key: string
  product_name: string
}

export interface NewMilestone {
  name: string
  description?: string
  due_on: string
}

export interface MilestonePatch {
  name?: string
  description?: string | null
  due_on?: string
  status?: MilestoneStatus
}
