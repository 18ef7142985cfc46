import { humanize } from '@/api/words'
import type { Tone } from '@/ui/Badge'

export type EntityType = 'investor' | 'activity' | 'document' | 'investment' | 'cash_flow' | 'reminder' | 'user' | 'import' | 'login'

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
}

// Display text for operations; other names are humanized.
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
  user_create: 'Created the user',
  user_update: 'Changed the user',
  user_get: 'Read the user',
  me_update: 'Changed their own details',
  login_succeeded: 'Signed in',
  login_failed: 'Failed to sign in',
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
}

export function actionWords(action: string): string {
  return ACTIONS[action] ?? humanize(action)
}

const REFUSED = ['login_failed', 'document_quarantine', 'reminder_fail', 'denied', 'password_change_failed', 'refresh_token_reused']

/** Refusals stand out, deletions are marked, reads stay in the background. */
export function actionTone(action: string): Tone {
  if (REFUSED.includes(action)) return 'red'
  if (/_(delete|cancel)$/.test(action)) return 'amber'
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
