import type { Rule, RuleAction, RuleEvent, RuleRecipient } from '@/api/types'
import { PRIORITIES, TASK_STATUSES } from '@/api/words'

/** Trigger events, as the rest of a sentence that starts with "When". */
export const EVENTS: Record<RuleEvent, string> = {
  task_status_changed: 'the status of a task changes',
  task_created: 'a task is created',
  task_assigned: 'a task is assigned to someone',
  task_overdue: 'a task is overdue',
  requirement_changed: 'the requirement of a task changes',
}

/** Actions, as they appear in the select. */
export const ACTIONS: Record<RuleAction['action'], string> = {
  notify: 'notify',
  set_status: 'set the status to',
  set_priority: 'set the priority to',
  assign: 'assign it to',
  add_label: 'add the label',
}

export const RECIPIENTS: Record<RuleRecipient, string> = {
  assignee: 'the assignee',
  owner: 'the product owner',
  watchers: 'the watchers',
}

type NameOf = (userId: string) => string | undefined

function deed(then: RuleAction, nameOf: NameOf): string {
  switch (then.action) {
    case 'set_status':
      return `set its status to ${TASK_STATUSES[then.status]}`
    case 'set_priority':
      return `set its priority to ${PRIORITIES[then.priority]}`
    case 'assign':
      return `assign it to ${nameOf(then.user_id) ?? 'a former member'}`
    case 'add_label':
      return `add the label “${then.label}”`
    case 'notify':
      return `notify ${RECIPIENTS[then.recipient]}: “${then.message}”`
  }
}

const joined = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`

/** A rule as two halves of a sentence: "When a task becomes Blocked", "then notify the product owner: “…”." */
export function sentence({ when, then }: Pick<Rule, 'when' | 'then'>, nameOf: NameOf): { when: string; then: string } {
  const { event, status, priority, label } = when
  const becomes = event === 'task_status_changed' && status
  const conditions = [
    ...(status && !becomes ? [`its status is ${TASK_STATUSES[status]}`] : []),
    ...(priority ? [`its priority is ${PRIORITIES[priority]}`] : []),
    ...(label ? [`it has the label “${label}”`] : []),
  ]
  const happens = becomes ? `a task becomes ${TASK_STATUSES[status]}` : EVENTS[event]
  return {
    when: `When ${happens}${conditions.length > 0 ? ` and ${joined(conditions)}` : ''}`,
    then: `then ${joined(then.map((one) => deed(one, nameOf)))}.`,
  }
}
