import { expect, it } from 'vitest'
import type { FieldChange } from '@/api/types'
import { changeSentence, shownFields, valueWords } from './changeWords'

const field = (name: string): FieldChange => ({ field: name, before: null, after: 'x', sealed: false })
const change = (action: string, ...fields: string[]) => ({ action, actor_id: null, actor_name: 'Ann', fields: fields.map(field) })

it('describes a change as a sentence', () => {
  expect(changeSentence(change('investor_create', 'name', 'tier'))).toBe('created the investor')
  expect(changeSentence(change('investor_update', 'tier'))).toBe('changed the tier')
  expect(changeSentence(change('investor_update', 'tier', 'email', 'notes'))).toBe('changed the tier, email and notes')
  expect(changeSentence(change('investor_restore', 'deleted_at'))).toBe('restored the investor')
  expect(shownFields(change('investor_create', 'name'))).toEqual([])
})

it('formats values for display', () => {
  const nameOf = (id: string) => (id === 'u1' ? 'Rosa' : undefined)
  expect(valueWords('tier', 'gold', nameOf)).toBe('Gold')
  expect(valueWords('relationship_manager_id', 'u1', nameOf)).toBe('Rosa')
  expect(valueWords('tags', ['a', 'b'], nameOf)).toBe('a, b')
  expect(valueWords('notes', '', nameOf)).toBeNull()
})
