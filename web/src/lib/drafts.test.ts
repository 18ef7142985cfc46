import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { drafts } from './drafts'

beforeEach(() => {
  localStorage.clear()
  drafts.forget()
  drafts.belongTo('ada')
})
afterEach(() => void vi.useRealTimers())

it('gives back what was typed, and what the fields held before', () => {
  drafts.put('task/new', { title: 'Weld' }, { title: '' })
  expect(drafts.get('task/new')).toMatchObject({ values: { title: 'Weld' }, base: { title: '' } })
  drafts.remove('task/new')
  expect(drafts.get('task/new')).toBeNull()
})

it('belongs to one user', () => {
  drafts.put('task/new', { title: 'Weld' }, {})
  drafts.belongTo('jonas')
  expect(drafts.get('task/new')).toBeNull()
  drafts.belongTo('ada')
  expect(drafts.get('task/new')).not.toBeNull()
})

it('is gone after signing out, and nothing more is written', () => {
  drafts.put('task/new', { title: 'Weld' }, {})
  drafts.forget()
  drafts.put('task/new', { title: 'Weld again' }, {})
  expect(localStorage.length).toBe(0)
})

it('never holds a secret', () => {
  drafts.put('user/new', { name: 'Jo', password: 'quiet robots', code: '123456' }, { password: '' })
  expect(drafts.get('user/new')?.values).toEqual({ name: 'Jo' })
  drafts.put('secret', { current_password: 'quiet robots' }, {})
  expect(JSON.stringify({ ...localStorage })).not.toContain('quiet robots')
})

it('makes room for the newest, and drops what is a month old', () => {
  vi.useFakeTimers({ now: 0 })
  for (let made = 0; made < 60; made += 1) {
    vi.setSystemTime(made)
    drafts.put(`task/${made}`, { title: 'x' }, {})
  }
  expect(localStorage.length).toBe(50)
  expect(drafts.get('task/9')).toBeNull()
  expect(drafts.get('task/59')).not.toBeNull()
  vi.setSystemTime(31 * 24 * 3600 * 1000)
  expect(drafts.get('task/59')).toBeNull()
})

it('survives what is unreadable, and keeps no draft that is too long', () => {
  localStorage.setItem('steward.draft.ada/x', '{"at":')
  expect(drafts.get('x')).toBeNull()
  drafts.put('y', { text: 'z'.repeat(200_000) }, {})
  expect(drafts.get('y')).toBeNull()
})
