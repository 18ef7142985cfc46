import type {
  ActivityKind,
  AssetApproval,
  AssetKind,
  CashFlow,
  DocumentStatus,
  DuplicateReason,
  FileType,
  ImportEncoding,
  ImportField,
  ImportKey,
  ImportStatus,
  Investment,
  InvestorKind,
  InvestorStatus,
  LinkKind,
  MilestoneRisk,
  MilestoneStatus,
  NotificationKind,
  Priority,
  ProductStatus,
  QuarantineReason,
  ReminderStatus,
  RequirementStatus,
  ReturnReason,
  Role,
  TaskStatus,
  TeamRole,
  Tier,
  TrendInterval,
  UserStatus,
} from './types'

// Display names of API values, in the order in which they are offered.
export const TIERS: Record<Tier, string> = {
  platinum: 'Platinum',
  gold: 'Gold',
  silver: 'Silver',
  bronze: 'Bronze',
  prospect: 'Prospect',
}
export const INVESTOR_STATUSES: Record<InvestorStatus, string> = { active: 'Active', inactive: 'Inactive' }
export const INVESTOR_KINDS: Record<InvestorKind, string> = {
  person: 'Person',
  fund: 'Fund',
  company: 'Company',
  family_office: 'Family office',
}
export const ACTIVITY_KINDS: Record<ActivityKind, string> = {
  email: 'Email',
  call: 'Call',
  meeting: 'Meeting',
  note: 'Note',
  update: 'Update',
}
export const INVESTMENT_KINDS: Record<Investment['kind'], string> = {
  equity: 'Equity',
  safe: 'SAFE',
  note: 'Convertible note',
  debt: 'Debt',
  fund_commitment: 'Fund commitment',
}
export const DUPLICATE_REASONS: Record<DuplicateReason, string> = {
  email: 'same email address',
  external_key: 'same external key',
  phone: 'same phone number',
  same_name: 'same name',
  similar_name: 'similar name',
}
export const INVESTMENT_STATUSES: Record<Investment['status'], string> = {
  committed: 'Committed',
  active: 'Active',
  exited: 'Exited',
  written_off: 'Written off',
}
export const CASH_FLOW_KINDS: Record<CashFlow['kind'], string> = {
  contribution: 'Contribution',
  distribution: 'Distribution',
  valuation: 'Valuation',
}
/** Why a return figure is undefined, as the end of a sentence. */
export const RETURN_REASONS: Record<ReturnReason, string> = {
  nothing_paid_in: 'nothing has been paid in yet',
  no_valuation: 'the holding has never been valued',
  one_day: 'all cash flows are on the same day',
  no_rate: 'no rate fits',
  too_many_cash_flows: 'there are too many cash flows',
}
export const DOCUMENT_STATUSES: Record<DocumentStatus, string> = {
  awaiting_upload: 'Awaiting upload',
  available: 'Available',
  quarantined: 'Quarantined',
}
export const QUARANTINE_REASONS: Record<QuarantineReason, string> = {
  wrong_type: 'The content doesn’t match the file type, or the file is damaged.',
  wrong_size: 'The file’s size differs from the announced size.',
  wrong_checksum: 'The file differs from the one announced.',
  macros: 'The document contains macros. Save it without them and upload it again.',
  embedded_object: 'The document contains an embedded object. Remove it, or save the document as a PDF.',
  external_content: 'The document takes content from elsewhere when it’s opened. Break its links to other files and upload it again.',
  image_too_large: 'The image has more than 100 megapixels.',
  unpacks_too_large: 'The document unpacks to more than 1 GB.',
  malware: 'The malware scanner found a threat in the file.',
  not_scanned: 'The malware scanner couldn’t look into the file. Upload it without a password, or as a PDF.',
}
export const FILE_TYPES: Record<FileType, string> = {
  'application/pdf': 'PDF',
  'image/png': 'PNG image',
  'image/jpeg': 'JPEG image',
  'image/webp': 'WebP image',
  'image/gif': 'GIF image',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel workbook',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PowerPoint presentation',
  'text/csv': 'CSV table',
  'text/plain': 'Text',
}
export const INTERVALS: Record<TrendInterval, string> = { day: 'Days', week: 'Weeks', month: 'Months' }
export const REMINDER_STATUSES: Record<ReminderStatus, string> = {
  scheduled: 'Scheduled',
  sent: 'Sent',
  failed: 'Not sent',
  done: 'Done',
  cancelled: 'Cancelled',
}

/** Title, trigger and workspace of each notification kind. */
export const NOTIFICATION_KINDS: Record<NotificationKind, { title: string; when: string; workspace: 'investors' | 'products' }> = {
  reminder_due: { title: 'Reminders', when: 'One of your reminders is due.', workspace: 'investors' },
  reminder_failed: { title: 'Reminders not sent', when: 'One of your reminders couldn’t be emailed.', workspace: 'investors' },
  investor_assigned: { title: 'Investors', when: 'An investor is assigned to you.', workspace: 'investors' },
  activity_created: { title: 'Activities', when: 'Someone logs an activity with one of your investors.', workspace: 'investors' },
  document_quarantined: {
    title: 'Quarantined files',
    when: 'A file you uploaded failed the file check.',
    workspace: 'investors',
  },
  import_finished: { title: 'Imports', when: 'An import you started has finished.', workspace: 'investors' },
  task_assigned: { title: 'Tasks', when: 'A task is assigned to you.', workspace: 'products' },
  task_status_changed: {
    title: 'Task status',
    when: 'The status of a task you’re assigned to, watch or are responsible for changes.',
    workspace: 'products',
  },
  task_mentioned: { title: 'Mentions', when: 'Someone mentions you in a comment.', workspace: 'products' },
  requirement_changed: { title: 'Requirements', when: 'A requirement of your tasks changes.', workspace: 'products' },
  task_due_soon: { title: 'Tasks due soon', when: 'One of your tasks is due tomorrow.', workspace: 'products' },
  task_overdue: { title: 'Overdue tasks', when: 'One of your tasks is overdue.', workspace: 'products' },
  rule_fired: { title: 'Rules', when: 'A workflow rule sends you a message.', workspace: 'products' },
  product_deleted: {
    title: 'Deleted products',
    when: 'The deletion of a product you deleted is complete.',
    workspace: 'products',
  },
}

export const ROLES: Record<Role, string> = {
  admin: 'Admin',
  relationship_manager: 'Relationship manager',
  analyst: 'Analyst',
  manager: 'Manager',
  team_member: 'Team member',
}
export const USER_STATUSES: Record<UserStatus, string> = { active: 'Active', invited: 'Invited', disabled: 'Disabled' }
export const IMPORT_STATUSES: Record<ImportStatus, string> = {
  awaiting_upload: 'Awaiting upload',
  ready: 'Ready',
  checking: 'Checking',
  checked: 'Checked',
  importing: 'Importing',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

export const IMPORT_FIELDS: Record<ImportField, string> = {
  name: 'Name',
  kind: 'Kind',
  email: 'Email',
  phone: 'Phone',
  address: 'Address',
  country: 'Country',
  tier: 'Tier',
  status: 'Status',
  tags: 'Tags',
  notes: 'Notes',
  external_key: 'External key',
  number: 'Number',
  external_id: 'External ID',
  title: 'Title',
  description: 'Description',
  priority: 'Priority',
  acceptance_criteria: 'Acceptance criteria',
  parent: 'Parent',
  milestone: 'Milestone',
  assignee: 'Assignee',
  requirement: 'Requirement',
  due_on: 'Due',
  estimate_hours: 'Estimate in hours',
  labels: 'Labels',
}
export const IMPORT_KEYS: Record<ImportKey, string> = {
  external_key: 'External key',
  email: 'Email',
  name: 'Name',
  number: 'Number',
  external_id: 'External ID',
}
export const IMPORT_ENCODINGS: Record<ImportEncoding, string> = { 'utf-8': 'UTF-8', 'windows-1252': 'Windows-1252 (older Excel)' }

export const ASSET_KINDS: Record<AssetKind, string> = {
  mockup: 'Mock-up',
  drawing: 'Drawing',
  specification: 'Specification',
  photo: 'Photo',
  other: 'Other',
}
export const ASSET_APPROVALS: Record<AssetApproval, string> = {
  draft: 'Draft',
  in_review: 'In review',
  approved: 'Approved',
  rejected: 'Rejected',
}
export const PRODUCT_STATUSES: Record<ProductStatus, string> = {
  planning: 'Planning',
  active: 'Active',
  on_hold: 'On hold',
  launched: 'Launched',
  archived: 'Archived',
}
export const TEAM_ROLES: Record<TeamRole, string> = {
  lead: 'Lead',
  designer: 'Designer',
  engineer: 'Engineer',
  tester: 'Tester',
  researcher: 'Researcher',
  marketing: 'Marketing',
  stakeholder: 'Stakeholder',
}
export const PRIORITIES: Record<Priority, string> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' }

export const REQUIREMENT_STATUSES: Record<RequirementStatus, string> = {
  draft: 'Draft',
  open: 'Open',
  in_progress: 'In progress',
  done: 'Done',
  rejected: 'Rejected',
}
export const LINK_KINDS: Record<LinkKind, string> = {
  relates_to: 'Relates to',
  depends_on: 'Depends on',
  refines: 'Refines',
  conflicts_with: 'Conflicts with',
}
export const MILESTONE_STATUSES: Record<MilestoneStatus, string> = { open: 'Open', reached: 'Reached' }
/** Why a milestone is at risk. */
export const MILESTONE_RISKS: Record<MilestoneRisk, string> = {
  past_due: 'Its due date has passed.',
  overdue_tasks: 'Some of its tasks are overdue.',
  behind_schedule: 'More of its time has passed than of its work is done.',
}
export const REQUIREMENT_FIELDS: Record<string, string> = {
  title: 'Title',
  description: 'Description',
  priority: 'Priority',
  status: 'Status',
  acceptance_criteria: 'Acceptance criteria',
  parent_id: 'Part of',
  milestone_id: 'Milestone',
  links: 'Links',
  external_id: 'External ID',
}
export const TASK_STATUSES: Record<TaskStatus, string> = {
  open: 'Open',
  in_progress: 'In progress',
  blocked: 'Blocked',
  in_review: 'In review',
  done: 'Done',
}

/** Turns a map of display names into options for a select or filter. */
export function options<V extends string>(words: Record<V, string>): { value: V; label: string }[] {
  return (Object.entries(words) as [V, string][]).map(([value, label]) => ({ value, label }))
}

/** `investor_created` → "Investor created", for names the API may add. */
export function humanize(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
