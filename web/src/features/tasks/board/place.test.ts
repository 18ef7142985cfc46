import { describe, expect, it } from 'vitest'
import type { Board, Task, TaskCard, TaskStatus } from '@/api/types'
import { STATUSES, cardOf, isAt, isBetween, placeAt, placeBeside, placeOf, withCard, withMove, withPage, withoutCard } from './place'

const card = (id: string, status: TaskStatus, rank: string, version = 1): TaskCard => ({
  id,
  status,
  rank,
  version,
  product_id: 'p',
  number: 1,
  reference: id.toUpperCase(),
  title: id,
  priority: 'medium',
  labels: [],
  checklist_done: 0,
  checklist_total: 0,
  comment_count: 0,
  attachment_count: 0,
  status_since: '',
  created_at: '',
  updated_at: '',
})
const board = (cards: TaskCard[], more: Partial<Record<TaskStatus, string>> = {}): Board => ({
  wip_limits: {},
  columns: STATUSES.map((status) => {
    const items = cards.filter((one) => one.status === status)
    return { status, items, count: items.length + (more[status] ? 100 : 0), next_cursor: more[status] ?? null }
  }),
})
const ids = (of: Board, status: TaskStatus) => of.columns.find((column) => column.status === status)?.items.map(({ id }) => id)
const count = (of: Board, status: TaskStatus) => of.columns.find((column) => column.status === status)?.count
const [a, b, c, d] = [card('a', 'open', 'b'), card('b', 'open', 'd'), card('c', 'open', 'f'), card('d', 'done', 'b')]
const start = board([a, b, c, d])

describe('an incoming card', () => {
  it('is placed by rank and leaves its old column’s count', () => {
    const next = withCard(start, card('d', 'open', 'e', 2))
    expect(ids(next, 'open')).toEqual(['a', 'b', 'd', 'c'])
    expect([count(next, 'open'), count(next, 'done')]).toEqual([4, 0])
  })
  it('keeps its place when only its content changed', () => {
    const next = withCard(start, { ...b, title: 'B', version: 2 })
    expect(ids(next, 'open')).toEqual(['a', 'b', 'c'])
    expect(next.columns[0]?.items[0]).toBe(a)
    expect(next.columns[4]).toBe(start.columns[4])
    expect(count(next, 'open')).toBe(3)
  })
  it('is ignored if a newer one is loaded', () => {
    const newer = withCard(start, card('a', 'done', 'z', 5))
    expect(withCard(newer, card('a', 'open', 'b', 4))).toBe(newer)
  })
  it('is only counted below the loaded part', () => {
    const long = board([a, b], { open: 'more' })
    const next = withCard(long, card('x', 'open', 'z'))
    expect([ids(next, 'open'), count(next, 'open')]).toEqual([['a', 'b'], 103])
    expect(ids(withCard(long, card('x', 'open', 'c')), 'open')).toEqual(['a', 'x', 'b'])
  })
  it('is ordered by id among equal ranks', () => {
    expect(ids(withCard(start, card('bb', 'open', 'd')), 'open')).toEqual(['a', 'b', 'bb', 'c'])
  })
})

it('a removed card is subtracted once', () => {
  const next = withoutCard(start, 'b')
  expect([ids(next, 'open'), count(next, 'open')]).toEqual([['a', 'c'], 2])
  expect(count(withoutCard(next, 'b'), 'open')).toBe(2)
})

describe('a move', () => {
  it('shows the card between neighbours, at ends, and alone', () => {
    expect(ids(withMove(start, d, { status: 'open', afterId: 'a', beforeId: 'b' }), 'open')).toEqual(['a', 'd', 'b', 'c'])
    expect(ids(withMove(start, a, { status: 'open', afterId: 'c', beforeId: null }), 'open')).toEqual(['b', 'c', 'a'])
    expect(ids(withMove(start, a, { status: 'blocked', afterId: null, beforeId: null }), 'blocked')).toEqual(['a'])
    expect(ids(withMove(start, d, { status: 'open', afterId: null, beforeId: 'a' }), 'open')).toEqual(['d', 'a', 'b', 'c'])
  })
  it('keeps its position when a neighbour disappears', () => {
    const without = withoutCard(start, 'b')
    expect(ids(withMove(without, d, { status: 'open', afterId: 'a', beforeId: 'b' }), 'open')).toEqual(['a', 'd', 'c'])
    expect(ids(withMove(without, d, { status: 'open', afterId: 'b', beforeId: 'c' }), 'open')).toEqual(['a', 'd', 'c'])
  })
  it('sorts with cards that others move next to it', () => {
    const moved = withMove(start, d, { status: 'open', afterId: 'a', beforeId: 'b' })
    expect(ids(withCard(moved, card('x', 'open', 'c')), 'open')).toEqual(['a', 'd', 'x', 'b', 'c'])
  })
  it('is undone exactly', () => {
    for (const one of [a, b, c, d]) {
      const back = withMove(withMove(start, one, { status: 'in_review', afterId: null, beforeId: null }), one, placeOf(start, one))
      expect(STATUSES.map((status) => ids(back, status))).toEqual(STATUSES.map((status) => ids(start, status)))
      expect(STATUSES.map((status) => count(back, status))).toEqual(STATUSES.map((status) => count(start, status)))
    }
  })
})

describe('a position', () => {
  const shown = [a, b, c]
  it('is between the other cards, without the moved one', () => {
    expect(placeAt('open', shown, 'a', 1)).toEqual({ status: 'open', afterId: 'b', beforeId: 'c' })
    expect(placeAt('open', shown, 'x', 99)).toEqual({ status: 'open', afterId: 'c', beforeId: null })
    expect(placeBeside('open', shown, 'a', 'b', 'bottom')).toEqual({ status: 'open', afterId: 'b', beforeId: 'c' })
    expect(placeBeside('open', shown, 'c', 'a', 'top')).toEqual({ status: 'open', afterId: null, beforeId: 'a' })
  })
  it('is where the card already is', () => {
    expect(isAt(shown, b, placeBeside('open', shown, 'b', 'a', 'bottom'))).toBe(true)
    expect(isAt(shown, b, placeBeside('open', shown, 'b', 'c', 'bottom'))).toBe(false)
    expect(isAt([], d, placeAt('open', [], 'd', 0))).toBe(false)
  })
})

it('the next page adds only cards not loaded yet', () => {
  const long = board([a, b, d], { open: 'more' })
  const next = withPage(long, { status: 'open', items: [b, c, { ...d, status: 'open' }], next_cursor: null })
  expect([ids(next, 'open'), ids(next, 'done')]).toEqual([['a', 'b', 'c'], ['d']])
  expect(next.columns[0]?.next_cursor).toBeNull()
})

it('detects ranks that disagree with a card’s position', () => {
  const place = { status: 'open' as const, afterId: 'a', beforeId: 'b' }
  expect(isBetween(withCard(start, card('d', 'open', 'c', 2)), 'd', place)).toBe(true)
  expect(isBetween(withCard(start, card('d', 'open', 'z', 2)), 'd', place)).toBe(false)
  expect(isBetween(withoutCard(withCard(start, card('d', 'open', 'z', 2)), 'b'), 'd', place)).toBe(true)
})

it('a task becomes a card with checklist counts', () => {
  const task = {
    ...a,
    checklist: [
      { id: '1', text: 'x', done: true },
      { id: '2', text: 'y', done: false },
    ],
  } as unknown as Task
  expect(cardOf(task)).toMatchObject({ id: 'a', checklist_done: 1, checklist_total: 2 })
  expect('checklist' in cardOf(task)).toBe(false)
})
