// The types of requirements, baselines and milestones until the API's document has them.
import type { Priority } from './types'

export type RequirementStatus = 'draft' | 'open' | 'in_progress' | 'done' | 'rejected'
export type LinkKind = 'relates_to' | 'depends_on' | 'refines' | 'conflicts_with'

export interface RequirementLink {
  requirement_id: string
  kind: LinkKind
  /** The content version of the other one for which the link was made or confirmed. */
  at_version: number
  suspect: boolean
  /** The other one as it is now; null when it is gone. */
  target?: { reference: string; title: string; status: RequirementStatus; content_version: number } | null
}

export interface NewRequirementLink {
  requirement_id: string
  kind: LinkKind
  /** To leave a link as it is; left out, it is confirmed for what the other one says now. */
  at_version?: number
}

interface RequirementCore {
  id: string
  version: number
  content_version: number
  updated_at: string
  product_id: string
  number: number
  reference: string
  title: string
  priority: Priority
  status: RequirementStatus
  parent_id?: string | null
  milestone_id?: string | null
  external_id?: string | null
}

export interface RequirementCard extends RequirementCore {
  criteria_count: number
  link_count: number
}

export interface Requirement extends RequirementCore {
  created_at: string
  description?: string | null
  acceptance_criteria: string[]
  links: RequirementLink[]
  created_by: string
  created_by_name: string
}

export interface NewRequirement {
  title: string
  description?: string
  priority?: Priority
  status?: RequirementStatus
  acceptance_criteria?: string[]
  parent_id?: string
  milestone_id?: string
  links?: NewRequirementLink[]
  external_id?: string
}

export interface RequirementPatch {
  title?: string
  description?: string | null
  priority?: Priority
  status?: RequirementStatus
  acceptance_criteria?: string[]
  parent_id?: string | null
  milestone_id?: string | null
  links?: NewRequirementLink[]
  external_id?: string | null
}

export interface RequirementFilters {
  status?: RequirementStatus
  priority?: Priority
  parent_id?: string
  milestone_id?: string
  text?: string
}

export interface RequirementVersion {
  version: number
  at: string
  by?: string | null
  by_name: string
  /** The fields that differ from the version before. */
  changed: string[]
}

/** What is shown of a task beside its requirement. */
export interface RequirementTask {
  id: string
  reference: string
  title: string
  status: string
  assignee_id?: string | null
}

export interface RequirementChange {
  field: string
  before?: string | string[] | null
  after?: string | string[] | null
}

export interface RequirementComparison {
  from: number
  to: number
  changes: RequirementChange[]
}

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
