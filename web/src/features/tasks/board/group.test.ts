import { expect, it } from 'vitest'
import type { TaskCard } from '@/api/types'
import { fits, lanePatch, lanesOf } from './group'

const card = (id: string, more: Partial<TaskCard>): TaskCard => ({
  id,
  status: 'open',
  rank: 'a',
  version: 1,
  product_id: 'p',
  number: 1,
  reference: 'ORB-12',
  title: 'Waterproof the Gehäuse',
  priority: 'medium',
  labels: ['field test'],
  checklist_done: 0,
  checklist_total: 0,
  comment_count: 0,
  attachment_count: 0,
  status_since: '',
  created_at: '',
  updated_at: '',
  ...more,
})
const columns = (cards: TaskCard[]) => ({
  open: cards.filter(({ status }) => status === 'open'),
  in_progress: cards.filter(({ status }) => status === 'in_progress'),
  blocked: [],
  in_review: [],
  done: cards.filter(({ status }) => status === 'done'),
})

it('finds text in number, title and labels, ignoring case', () => {
  const one = card('a', {})
  for (const text of ['GEHÄUSE', 'orb-1', 'ld te', 'proof the']) expect(fits(one, { text })).toBe(true)
  expect(fits(one, { text: 'waterproof gehäuse' })).toBe(false)
  expect([fits(one, { label: 'field test' }), fits(one, { label: 'field' }), fits(one, { priority: 'high' })]).toEqual([true, false, false])
})

it('sorts priority lanes by urgency and people by name', () => {
  const cards = [
    card('a', { priority: 'low' }),
    card('b', { priority: 'critical', status: 'done' }),
    card('c', { assignee_id: 'u2' }),
    card('d', { assignee_id: 'u10', status: 'in_progress' }),
  ]
  expect(lanesOf(columns(cards), 'priority', () => undefined).map(({ label, count }) => `${label} ${count}`)).toEqual([
    'Critical 1',
    'Medium 2',
    'Low 1',
  ])
  const people = lanesOf(columns(cards), 'assignee', (id) => ({ u2: 'Mira', u10: 'Ada' })[id])
  expect(people.map(({ label }) => label)).toEqual(['Ada', 'Mira', 'Unassigned'])
  expect(people[0]?.cards.in_progress.map(({ id }) => id)).toEqual(['d'])
})

it('sorts requirement lanes by number', () => {
  const cards = ['r10', 'r2', 'r1'].map((id) => card(id, { requirement_id: id }))
  expect(lanesOf(columns(cards), 'requirement', (id) => `ORB-R${id.slice(1)}`).map(({ label }) => label)).toEqual([
    'ORB-R1',
    'ORB-R2',
    'ORB-R10',
  ])
})

it('dropping into another lane changes only the lane’s field', () => {
  const one = card('a', { assignee_id: 'u1', priority: 'high' })
  expect(lanePatch(one, 'assignee', 'u2')).toEqual({ assignee_id: 'u2' })
  expect(lanePatch(one, 'assignee', 'none')).toEqual({ assignee_id: null })
  expect(lanePatch(one, 'assignee', 'u1')).toBeNull()
  expect(lanePatch(one, 'priority', 'low')).toEqual({ priority: 'low' })
  expect(lanePatch(one, 'requirement', 'none')).toBeNull()
})
