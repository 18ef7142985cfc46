import { expect, it } from 'vitest'
import { likelyQuery, reasonWords } from './words'

const typed = { name: '', email: '', phone: '', external_key: '' }

it('does not search while the name is too short', () => {
  expect(likelyQuery({ ...typed, name: ' Ac ' })).toBeNull()
  expect(likelyQuery({ ...typed, name: '', email: 'a@b.example' })).toBeNull()
})

it('sends complete fields and omits unfinished ones', () => {
  expect(likelyQuery({ name: ' Acme ', email: 'a@', phone: '+41 44', external_key: ' ' })).toEqual({ name: 'Acme' })
  expect(likelyQuery({ name: 'Acme', email: 'a@b.example', phone: '+41 44 668 18 00', external_key: 'K' })).toEqual({
    name: 'Acme',
    email: 'a@b.example',
    phone: '+41 44 668 18 00',
    external_key: 'K',
  })
})

it('explains the match', () => {
  expect(reasonWords(['phone', 'same_name'])).toBe('same phone number, same name')
})
