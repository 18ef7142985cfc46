import { expect, it } from 'vitest'
import type { Rule } from '@/api/types'
import { EMPTY, FRESH_STEP, check, newRule, patchOf, stepMistake, valuesOf } from './values'
import { sentence } from './words'

const rule = {
  name: 'Blocked work',
  when: { event: 'task_status_changed', status: 'blocked', priority: 'high', label: null },
  then: [
    { action: 'notify', recipient: 'owner', message: 'Help is needed' },
    { action: 'assign', user_id: 'u1' },
  ],
} as Rule
const names: Record<string, string> = { u1: 'Yuki Tanaka' }
const nameOf = (id: string) => names[id]

it('reads as a sentence', () => {
  expect(sentence(rule, nameOf)).toEqual({
    when: 'When a task becomes Blocked and its priority is High',
    then: 'then notify the product owner: “Help is needed” and assign it to Yuki Tanaka.',
  })
  const overdue = {
    when: { event: 'task_overdue', status: 'in_review', label: 'field' },
    then: [
      { action: 'set_priority', priority: 'critical' },
      { action: 'add_label', label: 'late' },
      { action: 'assign', user_id: 'gone' },
    ],
  } as Rule
  expect(sentence(overdue, nameOf)).toEqual({
    when: 'When a task is overdue and its status is In review and it has the label “field”',
    then: 'then set its priority to Critical, add the label “late” and assign it to a former member.',
  })
})

it('requires complete actions', () => {
  expect(check(EMPTY)).toMatchObject({ name: 'Enter a name.', then: 'Complete the actions.' })
  expect(stepMistake({ ...FRESH_STEP, action: 'assign' })).toBe('Choose a person.')
  expect(stepMistake({ ...FRESH_STEP, action: 'add_label', label: 'x'.repeat(51) })).toBe('Use at most 50 characters.')
  expect(stepMistake({ ...FRESH_STEP, message: ' \n ' })).toBe('Enter a message.')
  expect(check(valuesOf(rule))).toEqual({ name: undefined, 'when.label': undefined, then: undefined })
})

it('sends only the fields of the action’s kind', () => {
  const step = { ...FRESH_STEP, action: 'set_status' as const, status: 'done' as const, label: 'left over', message: 'left over' }
  expect(newRule({ ...EMPTY, name: 'n', then: [step] }).then).toEqual([{ action: 'set_status', status: 'done' }])
})

it('sends the changed half of a rule as a whole', () => {
  const base = valuesOf(rule)
  expect(patchOf(base, base)).toEqual({})
  expect(patchOf({ ...base, name: 'Stuck' }, base)).toEqual({ name: 'Stuck' })
  expect(patchOf({ ...base, 'when.status': '' }, base)).toEqual({
    when: { event: 'task_status_changed', status: null, priority: 'high', label: null },
  })
  expect(patchOf({ ...base, then: base.then.slice(1) }, base)).toEqual({ then: [{ action: 'assign', user_id: 'u1' }] })
})
