import { expect, it } from 'vitest'
import type { Requirement } from '@/api/types'
import { listDiff, wordDiff } from './diff'
import { outline, within } from './tree'
import { check, confirming, newRequirement, patchOf, valuesOf, EMPTY } from './values'

const card = (id: string, number: number, parent_id: string | null = null) => ({ id, number, parent_id })
const cards = [card('c', 3, 'a'), card('a', 1), card('b', 2), card('d', 4, 'c'), card('lost', 5, 'elsewhere')]

it('orders requirements below their parents and omits collapsed ones', () => {
  const shown = (folded: string[]) =>
    outline(cards, new Set(folded)).map(({ card: { id }, depth, children }) => `${' '.repeat(depth)}${id}${children || ''}`)
  expect(shown([])).toEqual(['a1', ' c1', '  d', 'b', 'lost'])
  expect(shown(['a'])).toEqual(['a1', 'b', 'lost'])
})

it('knows which requirements can’t become a parent', () => {
  expect([...within(cards, 'a')].sort()).toEqual(['a', 'c', 'd'])
})

it('stops on a cycle', () => {
  expect(outline([card('x', 1, 'y'), card('y', 2, 'x')], new Set())).toEqual([])
  expect(within([card('x', 1, 'y'), card('y', 2, 'x')], 'x').size).toBe(2)
})

it('compares texts word by word', () => {
  const [before, after] = ['The lamp shall blink twice.', 'The lamp shall blink three times, then rest.']
  const parts = wordDiff(before, after)
  const text = (without: string) =>
    parts
      .filter(({ kind }) => kind !== without)
      .map((part) => part.text)
      .join('')
  expect(text('added')).toBe(before)
  expect(text('removed')).toBe(after)
  expect(parts.find(({ kind }) => kind === 'same')?.text).toContain('The lamp shall blink')
})

it('compares lists and recognizes reworded entries', () => {
  const entries = listDiff(['It starts.', 'It blinks.', 'It stops.'], ['It starts.', 'It blinks twice.'])
  expect(entries.map(({ kind }) => kind)).toEqual(['same', 'changed', 'removed'])
  expect(listDiff(['Costs less than 20 €'], ['Works from −10 °C']).map(({ kind }) => kind)).toEqual(['removed', 'added'])
  expect(listDiff([], ['New'])).toEqual([{ kind: 'added', text: 'New' }])
})

const requirement = {
  title: 'Blinks',
  description: 'It blinks.',
  priority: 'high',
  status: 'open',
  acceptance_criteria: ['Once'],
  parent_id: null,
  milestone_id: 'm',
  external_id: null,
  links: [
    { requirement_id: 'r', kind: 'depends_on', at_version: 2, suspect: true },
    { requirement_id: 's', kind: 'refines', at_version: 1, suspect: false },
  ],
} as unknown as Requirement

it('sends only edits, keeps links, drops empty criteria', () => {
  const base = valuesOf(requirement)
  expect(patchOf(base, base)).toEqual({})
  expect(patchOf({ ...base, description: '', milestone_id: '' }, base)).toEqual({ description: null, milestone_id: null })
  expect(patchOf({ ...base, acceptance_criteria: ['Once', ' '] }, base)).toEqual({})
  expect(newRequirement({ ...EMPTY, title: 'New' })).toEqual({
    title: 'New',
    priority: 'medium',
    status: 'draft',
    acceptance_criteria: [],
    links: [],
  })
})

it('confirms one link and keeps the other’s version', () => {
  expect(confirming(requirement.links, requirement.links[0]!)).toEqual([
    { requirement_id: 'r', kind: 'depends_on' },
    { requirement_id: 's', kind: 'refines', at_version: 1 },
  ])
})

it('reports a missing title and duplicate links', () => {
  expect(check({ ...EMPTY, title: ' ' }).title).toBeDefined()
  const link = { requirement_id: 'r', kind: 'refines' as const }
  expect(check({ ...EMPTY, title: 'x', links: [link, { ...link, at_version: 3 }] }).links).toBeDefined()
})
