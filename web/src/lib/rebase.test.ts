import { expect, it } from 'vitest'
import { both, changes, rebase } from './rebase'

const base = { name: 'Jo', email: 'jo@a.b', roles: ['analyst'] }

it('sends only edited fields', () => {
  expect(changes({ ...base, name: 'Joe', roles: ['analyst'] }, base)).toEqual({ name: 'Joe' })
  expect(changes(base, base)).toEqual({})
})

it('keeps edits and takes the rest from the newer version', () => {
  const newer = { ...base, email: 'anne@a.b', roles: ['analyst', 'manager'] }
  expect(rebase({ ...base, name: 'Joe' }, base, newer)).toEqual({ values: { ...newer, name: 'Joe' }, clashes: [] })
})

it('names the fields that both sides changed', () => {
  const newer = { ...base, name: 'Jo Anne', email: 'anne@a.b' }
  expect(rebase({ ...base, name: 'Joe', email: 'anne@a.b' }, base, newer)).toEqual({
    values: { ...newer, name: 'Joe' },
    clashes: [{ field: 'name', base: 'Jo', mine: 'Joe', theirs: 'Jo Anne' }],
  })
})

it('keeps both texts below each other, and what one contains only once', () => {
  expect(both('Theirs.\n', 'Mine.')).toBe('Theirs.\n\nMine.')
  expect(both('One', 'One and two')).toBe('One and two')
  expect(both('One and two', 'One')).toBe('One and two')
})

it('joins lists without repeating an item', () => {
  expect(both(['a', 'b'], ['b', 'c'])).toEqual(['a', 'b', 'c'])
  expect(both(true, 'c')).toBeUndefined()
})
