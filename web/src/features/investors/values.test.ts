import { expect, it } from 'vitest'
import { EMPTY, newInvestor, patchOf } from './values'

it('sends only non-empty fields', () => {
  const sent = newInvestor({ ...EMPTY, name: 'Acme', email: ' ', tags: ['a'] })
  expect(sent).toEqual({ name: 'Acme', kind: 'company', tier: 'prospect', status: 'active', tags: ['a'] })
})

it('sends only changed fields, and null for emptied ones', () => {
  const base = { ...EMPTY, name: 'Acme', phone: '+1 212 555 0100', tags: ['a'] }
  expect(patchOf({ ...base, phone: '', tier: 'gold' }, base)).toEqual({ phone: null, tier: 'gold' })
  expect(patchOf({ ...base, tags: ['a'] }, base)).toEqual({})
})
