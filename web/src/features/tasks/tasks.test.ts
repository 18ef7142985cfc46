import { describe, expect, it } from 'vitest'
import type { TaskCard } from '@/api/types'
import { dueState } from '@/ui/TaskMarks'
import { byDue, dueGroup } from './due'
import { mentionAt, mentionedIn, peopleFor, withMention } from './panel/mention'
import { belongs } from './useStoredTask'
import { conflicts, freshTask, newTask, parseHours } from './values'
import { queryOf, searchOf } from './Views'
import { deed, valueWords } from './words'

describe('my tasks', () => {
  // A Saturday, so the week ends tomorrow.
  const today = '2026-11-21'
  it.each([
    ['2026-11-20', 'overdue'],
    ['2026-11-21', 'today'],
    ['2026-11-22', 'week'],
    ['2026-11-23', 'later'],
    [null, 'never'],
  ] as const)('%s is %s', (due, group) => expect(dueGroup(due, today)).toBe(group))
  it('are sorted by date and priority, without empty groups', () => {
    const task = (id: string, due_on: string | null, priority: TaskCard['priority'] = 'medium') =>
      ({ id, due_on, priority, number: 1 }) as TaskCard
    const groups = byDue(
      [
        task('a', null),
        task('b', '2026-11-21', 'low'),
        task('c', '2026-11-21', 'critical'),
        task('d', '2026-11-01'),
        task('e', '2026-10-01'),
      ],
      today,
    )
    expect(groups.map(({ group, tasks }) => [group, tasks.map(({ id }) => id).join('')])).toEqual([
      ['overdue', 'ed'],
      ['today', 'cb'],
      ['never', 'a'],
    ])
  })
  it('a done task is never overdue', () => {
    expect([dueState('2026-11-20', false, today), dueState('2026-11-20', true, today), dueState(today, false, today)]).toEqual([
      'overdue',
      'later',
      'today',
    ])
  })
})

it.each([
  ['', null],
  ['1', '1'],
  ['1.50', '1.5'],
  ['1,5', '1.5'],
  ['.25', '0.25'],
  ['007', '7'],
  ['10000', '10000'],
])('%s hours are %s', (typed, hours) => expect(parseHours(typed)).toEqual({ hours }))
it.each(['x', '-1', '1.234', '10001', '1e3', '1.2.3'])('%s is not a valid number of hours', (typed) =>
  expect(parseHours(typed)).toHaveProperty('mistake'),
)

it('a new task sends only non-empty fields', () => {
  expect(newTask(freshTask({ title: ' Seal ' }))).toEqual({ title: 'Seal', status: 'open', priority: 'medium', labels: [] })
  expect(newTask(freshTask({ title: 'Seal', due_on: '2026-12-01', estimate_hours: '2,5', assignee_id: 'u' }))).toMatchObject({
    due_on: '2026-12-01',
    estimate_hours: '2.5',
    assignee_id: 'u',
  })
})

it('edits conflict only in the same field with different values', () => {
  const seen = { title: 'A', priority: 'low', labels: ['x'] }
  expect(conflicts({ title: 'B' }, seen, { ...seen, priority: 'high' })).toEqual([])
  expect(conflicts({ title: 'B' }, seen, { ...seen, title: 'C' })).toEqual(['title'])
  expect(conflicts({ title: 'B' }, seen, { ...seen, title: 'B' })).toEqual([])
  expect(conflicts({ labels: ['y'] }, seen, { ...seen, labels: ['x'] })).toEqual([])
})

describe('mentions', () => {
  const people = [
    { user_id: '1', username: 'jonas', name: 'Jonas Weber' },
    { user_id: '2', username: 'mira.tan', name: 'Mira Tan' },
  ]
  it('start with an @ that is not part of an address', () => {
    expect(mentionAt('ask @jo', 7)).toEqual({ from: 4, typed: 'jo' })
    expect(mentionAt('@', 1)).toEqual({ from: 0, typed: '' })
    expect(mentionAt('me@jo', 5)).toBeNull()
    expect(mentionAt('ask @jo now', 11)).toBeNull()
  })
  it('match the username or any word of the name', () => {
    expect(peopleFor(people, 'web').map(({ username }) => username)).toEqual(['jonas'])
    expect(peopleFor(people, 'mira').map(({ username }) => username)).toEqual(['mira.tan'])
    expect(peopleFor(people, '')).toHaveLength(2)
  })
  it('insert the username followed by one space', () => {
    expect(withMention('ask @jo', 7, 4, 'jonas')).toEqual({ text: 'ask @jonas ', caret: 11 })
    expect(withMention('ask @jo please', 7, 4, 'jonas')).toEqual({ text: 'ask @jonas please', caret: 11 })
  })
  it('return each mentioned user’s id once', () => {
    expect(mentionedIn('@jonas and @mira.tan. Again @jonas, not me@jonas or @nobody', people)).toEqual(['1', '2'])
  })
})

it('a saved view keeps only the filters', () => {
  const query = queryOf({ priority: 'critical', text: 'a & b', create: true })
  expect(query).toBe('priority=critical&text=a+%26+b')
  expect(searchOf(query)).toMatchObject({ priority: 'critical', text: 'a & b', status: undefined })
  expect(searchOf('status=nonsense&evil=1')).not.toHaveProperty('evil')
})

it('history reads as sentences', () => {
  const changed = (field: string, before: unknown, after: unknown) => ({ field, before, after, sealed: false })
  expect(deed({ action: 'task_move', changes: [changed('rank', 'a', 'b')] })).toBe('moved it within its column')
  expect(deed({ action: 'task_update', changes: [changed('due_on', null, '2026-12-01'), changed('title', 'a', 'b')] })).toBe(
    'changed the due date and title',
  )
  expect(valueWords('status', 'in_progress', () => undefined)).toBe('In progress')
  expect(valueWords('assignee_id', 'u', () => undefined)).toBe('something deleted')
})

it('a task belongs to the boards whose filters it matches', () => {
  const task = {
    assignee_id: 'u',
    requirement_id: null,
    milestone_id: null,
    priority: 'low',
    reference: 'ORB-1',
    title: 'Seal',
    labels: [] as string[],
  } as TaskCard
  expect([
    belongs(task, {}),
    belongs(task, { assignee_id: 'u' }),
    belongs(task, { assignee_id: 'none' }),
    belongs(task, { requirement_id: 'none' }),
    belongs(task, { text: 'sea' }),
    belongs(task, { priority: 'high' }),
  ]).toEqual([true, true, false, true, true, false])
})
