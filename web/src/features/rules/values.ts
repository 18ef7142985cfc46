import { nameMistake } from '@/api/rules'
import type { NewRule, Priority, Rule, RuleAction, RuleEvent, RulePatch, RuleRecipient, TaskStatus } from '@/api/types'
import { changes } from '@/lib/rebase'

/** Maximum number of actions in a rule. */
export const MAX_ACTIONS = 5
/** Maximum number of rules in a product. */
export const MAX_RULES = 50
const LABEL_MAX = 50
const MESSAGE_MAX = 300

/** Form values of one action; fields of other kinds keep their values when the kind changes. */
export interface Step {
  action: RuleAction['action']
  status: TaskStatus | ''
  priority: Priority | ''
  user_id: string
  label: string
  recipient: RuleRecipient
  message: string
}

/** Form values of a rule; the names match those in the API's errors. */
export interface Values {
  name: string
  'when.event': RuleEvent
  'when.status': TaskStatus | ''
  'when.priority': Priority | ''
  'when.label': string
  then: Step[]
}

export const FRESH_STEP: Step = { action: 'notify', status: '', priority: '', user_id: '', label: '', recipient: 'assignee', message: '' }
export const EMPTY: Values = {
  name: '',
  'when.event': 'task_status_changed',
  'when.status': '',
  'when.priority': '',
  'when.label': '',
  then: [FRESH_STEP],
}

export function valuesOf({ name, when, then }: Rule): Values {
  return {
    name,
    'when.event': when.event,
    'when.status': when.status ?? '',
    'when.priority': when.priority ?? '',
    'when.label': when.label ?? '',
    then: then.map((one) => ({ ...FRESH_STEP, ...one })),
  }
}

function labelMistake(label: string): string | undefined {
  return [...label.trim()].length > LABEL_MAX ? `Use at most ${LABEL_MAX} characters.` : undefined
}

/** What is missing or invalid in an action. */
export function stepMistake({ action, status, priority, user_id: user, label, message }: Step): string | undefined {
  switch (action) {
    case 'set_status':
      return status === '' ? 'Choose a status.' : undefined
    case 'set_priority':
      return priority === '' ? 'Choose a priority.' : undefined
    case 'assign':
      return user === '' ? 'Choose a person.' : undefined
    case 'add_label':
      return label.trim() === '' ? 'Enter a label.' : labelMistake(label)
    case 'notify':
      return message.trim() === ''
        ? 'Enter a message.'
        : [...message.trim()].length > MESSAGE_MAX
          ? `Use at most ${MESSAGE_MAX} characters.`
          : undefined
  }
}

export function check(values: Values) {
  return {
    name: nameMistake(values.name),
    'when.label': labelMistake(values['when.label']),
    then: values.then.some((step) => stepMistake(step)) ? 'Complete the actions.' : undefined,
  }
}

/** The action of a complete row, or undefined. */
export function actionOf(step: Step): RuleAction | undefined {
  const { action, status, priority, user_id, label, recipient, message } = step
  if (stepMistake(step)) return undefined
  if (action === 'set_status') return status === '' ? undefined : { action, status }
  if (action === 'set_priority') return priority === '' ? undefined : { action, priority }
  if (action === 'assign') return { action, user_id }
  if (action === 'add_label') return { action, label: label.trim() }
  return { action, recipient, message: message.trim() }
}

export function whenOf(values: Values): NewRule['when'] {
  return {
    event: values['when.event'],
    status: values['when.status'] || null,
    priority: values['when.priority'] || null,
    label: values['when.label'].trim() || null,
  }
}

export function newRule(values: Values): NewRule {
  return { name: values.name, when: whenOf(values), then: values.then.flatMap((step) => actionOf(step) ?? []) }
}

/** Patch for an edit: each half of the rule only if something in it changed. */
export function patchOf(values: Values, base: Values): RulePatch {
  const { name, then, ...when } = changes(values, base)
  const whole = newRule(values)
  return {
    ...(name === undefined ? {} : { name }),
    ...(Object.keys(when).length === 0 ? {} : { when: whole.when }),
    ...(then === undefined ? {} : { then: whole.then }),
  }
}
