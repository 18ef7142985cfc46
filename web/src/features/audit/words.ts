import { humanize } from '@/api/words'
import type { Tone } from '@/ui/Badge'

export type EntityType =
  'investor' | 'activity' | 'document' | 'investment' | 'cash_flow' | 'reminder' | 'user' | 'import' | 'login' | 'security'

export const ENTITY_TYPES: Record<EntityType, string> = {
  investor: 'Investor',
  activity: 'Activity',
  document: 'Document',
  investment: 'Investment',
  cash_flow: 'Cash flow',
  reminder: 'Reminder',
  user: 'User',
  import: 'Import',
  login: 'Sign-in',
  security: 'Security settings',
}

// Display text for every operation that the trail records; a test of the API compares the names. Unknown ones are humanized.
const ACTIONS: Record<string, string> = {
  investor_create: 'Created the investor',
  investor_update: 'Changed the investor',
  investor_delete: 'Deleted the investor',
  investor_restore: 'Restored the investor',
  investor_merge: 'Merged two investors',
  investor_get: 'Read the investor',
  timeline_list: 'Read the timeline',
  activity_list: 'Read the activities',
  activity_get: 'Read an activity',
  activity_create: 'Logged an activity',
  activity_update: 'Changed an activity',
  activity_delete: 'Deleted an activity',
  document_list: 'Read the documents',
  document_get: 'Read a document',
  document_create: 'Started uploading a document',
  document_version_create: 'Started uploading a new version',
  document_release: 'Released a document',
  document_quarantine: 'Quarantined a document',
  document_download: 'Downloaded a document',
  document_update: 'Changed a document',
  document_delete: 'Deleted a document',
  investment_list: 'Read the investments',
  investment_get: 'Read an investment',
  investment_create: 'Recorded an investment',
  investment_update: 'Changed an investment',
  investment_delete: 'Deleted an investment',
  cash_flow_list: 'Read the cash flows',
  cash_flow_create: 'Recorded a cash flow',
  cash_flow_update: 'Changed a cash flow',
  cash_flow_delete: 'Deleted a cash flow',
  holdings_get: 'Read the holdings',
  reminder_list: 'Read the reminders',
  reminder_list_mine: 'Read their own reminders',
  reminder_get: 'Read a reminder',
  reminder_create: 'Set a reminder',
  reminder_update: 'Changed a reminder',
  reminder_snooze: 'Snoozed a reminder',
  reminder_done: 'Marked a reminder as done',
  reminder_cancel: 'Cancelled a reminder',
  reminder_delete: 'Deleted a reminder',
  reminder_send: 'Sent a reminder',
  reminder_fail: 'Failed to send a reminder',
  preferences_update: 'Changed their preferences',
  password_reset_request: 'Requested a password reset',
  password_reset_confirm: 'Reset their password with a link',
  email_confirm: 'Confirmed their new email address',
  user_create: 'Created the user',
  user_session_revoke: 'Ended a session of the user',
  user_session_revoke_all: 'Signed the user out everywhere',
  user_update: 'Changed the user',
  user_invite: 'Invited the user again',
  user_password_reset: 'Sent the user a link to set a new password',
  invitation_accept: 'Accepted their invitation',
  login_succeeded: 'Signed in',
  login_failed: 'Failed to sign in',
  login_locked: 'Was locked out after too many attempts',
  challenge_failed: 'Failed to prove who they are with a second factor',
  reauthenticate: 'Proved again who they are',
  reauthenticate_failed: 'Failed to prove again who they are',
  recovery_code_use: 'Used a recovery code',
  recovery_codes_create: 'Created new recovery codes',
  totp_confirm: 'Added an authenticator app',
  totp_delete: 'Removed the authenticator app',
  passkey_create: 'Added a passkey',
  passkey_update: 'Renamed a passkey',
  passkey_delete: 'Removed a passkey',
  user_factors_reset: 'Removed the user’s second factors',
  security_update: 'Changed the security settings',
  logout: 'Signed out',
  denied: 'Was denied access',
  password_change: 'Changed their password',
  password_change_failed: 'Entered a wrong current password',
  session_revoke: 'Ended a session',
  session_revoke_all: 'Ended all sessions',
  refresh_token_reused: 'Reused an old session token',
  setup_create: 'Set up Steward',
  audit_list: 'Read the audit trail',
  import_create: 'Created an import',
  import_preview: 'Previewed the file',
  import_start: 'Started the import',
  import_cancel: 'Cancelled the import',
  import_finish: 'Finished the import',
  asset_create: 'Started uploading an asset',
  asset_update: 'Changed an asset',
  asset_delete: 'Deleted an asset',
  attachment_create: 'Started uploading an attachment',
  attachment_delete: 'Deleted an attachment',
  baseline_create: 'Created a baseline',
  baseline_delete: 'Deleted a baseline',
  comment_create: 'Wrote a comment',
  comment_update: 'Changed a comment',
  comment_delete: 'Deleted a comment',
  milestone_create: 'Created a milestone',
  milestone_update: 'Changed a milestone',
  milestone_delete: 'Deleted a milestone',
  requirement_create: 'Created a requirement',
  requirement_update: 'Changed a requirement',
  requirement_delete: 'Deleted a requirement',
  rule_create: 'Created a rule',
  rule_update: 'Changed a rule',
  rule_delete: 'Deleted a rule',
  task_create: 'Created a task',
  task_update: 'Changed a task',
  task_delete: 'Deleted a task',
  product_create: 'Created the product',
  product_update: 'Changed the product',
  product_delete: 'Started deleting the product',
  product_deletion_finish: 'Finished deleting the product',
  product_member_put: 'Changed the team',
  product_member_remove: 'Removed a team member',
  product_report: 'Created a report of the product',
  investor_report: 'Created a report of the investor',
  asset_approve: 'Approved an asset',
  asset_reject: 'Rejected an asset',
  asset_release: 'Released an asset',
  asset_quarantine: 'Quarantined an asset',
  asset_download: 'Downloaded an asset',
  asset_version_create: 'Started uploading a new version',
  attachment_release: 'Released an attachment',
  attachment_quarantine: 'Quarantined an attachment',
  attachment_download: 'Downloaded an attachment',
  requirement_restore: 'Restored a version of a requirement',
  task_move: 'Moved a task',
  task_checklist_tick: 'Ticked a checklist item',
  task_watch: 'Started watching a task',
  task_unwatch: 'Stopped watching a task',
  activity_move: 'Moved an activity in a merge',
  cash_flow_move: 'Moved a cash flow in a merge',
  document_move: 'Moved a document in a merge',
  investment_move: 'Moved an investment in a merge',
  reminder_move: 'Moved a reminder in a merge',
  activity_export: 'Exported the activities',
  asset_export: 'Exported the assets',
  attachment_export: 'Exported the attachments',
  audit_export: 'Exported the audit trail',
  baseline_export: 'Exported a baseline',
  cash_flow_export: 'Exported the cash flows',
  comment_export: 'Exported the comments',
  document_export: 'Exported the documents',
  import_error_export: 'Exported the errors of an import',
  import_export: 'Exported the imports',
  investment_export: 'Exported the investments',
  investor_export: 'Exported the investors',
  milestone_export: 'Exported the milestones',
  notification_export: 'Exported their notifications',
  product_export: 'Exported the products',
  product_member_export: 'Exported the team',
  reminder_export: 'Exported the reminders',
  requirement_export: 'Exported the requirements',
  requirement_version_export: 'Exported the versions of a requirement',
  rule_export: 'Exported the rules',
  session_export: 'Exported their sessions',
  task_export: 'Exported the tasks',
  timeline_export: 'Exported the timeline',
  user_export: 'Exported the users',
  view_export: 'Exported their saved views',
  reminder_export_mine: 'Exported their own reminders',
  task_export_mine: 'Exported their own tasks',
}

export function actionWords(action: string): string {
  return ACTIONS[action] ?? humanize(action)
}

const REFUSED = [
  'challenge_failed',
  'login_failed',
  'login_locked',
  'asset_quarantine',
  'attachment_quarantine',
  'document_quarantine',
  'reminder_fail',
  'denied',
  'password_change_failed',
  'reauthenticate_failed',
  'refresh_token_reused',
]

/** Refusals stand out, deletions are marked, reads stay in the background. */
export function actionTone(action: string): Tone {
  if (REFUSED.includes(action)) return 'red'
  if (/_(delete|cancel|remove)$/.test(action)) return 'amber'
  if (/_(create|restore)$/.test(action)) return 'green'
  if (/_(update|change|start|finish)$/.test(action)) return 'blue'
  return 'slate'
}

/** A value of an audit record as text; null if there is none. */
export function valueText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(String).join(', ')
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

/** Display name of a field; a reference is named after what it refers to. */
export function fieldWord(field: string): string {
  return field === 'email' ? 'Email' : humanize(field.replace(/_id$/, ''))
}

export function entityWord(entityType: string): string {
  return (ENTITY_TYPES as Record<string, string>)[entityType] ?? humanize(entityType)
}

/** The first and last group of an id: enough to tell apart the entities on one page. */
export function shortId(id: string): string {
  return id.length > 13 ? `${id.slice(0, 4)}…${id.slice(-6)}` : id
}
