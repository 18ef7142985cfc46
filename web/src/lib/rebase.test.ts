import { expect, it } from 'vitest'
import { changes, rebase } from './rebase'

const base = { name: 'Jo', email: 'jo@a.b', roles: ['analyst'] }

it('sends only edited fields', () => {
  expect(changes({ ...base, name: 'Joe', roles: ['analyst'] }, base)).toEqual({ name: 'Joe' })
  expect(changes(base, base)).toEqual({})
})

it('keeps edits and takes the rest from the newer version', () => {
  const newer = { name: 'Jo Anne', email: 'anne@a.b', roles: ['analyst', 'manager'] }
  expect(rebase({ ...base, name: 'Joe' }, base, newer)).toEqual({ ...newer, name: 'Joe' })
})
