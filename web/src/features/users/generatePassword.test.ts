import { expect, it } from 'vitest'
import { passwordMistake } from '@/api/rules'
import { generatePassword } from './generatePassword'

it('generates valid, readable and distinct passwords', () => {
  const made = Array.from({ length: 200 }, generatePassword)
  for (const password of made) {
    expect(password).toMatch(/^[a-km-zA-HJ-NP-Z2-9]{5}(-[a-km-zA-HJ-NP-Z2-9]{5}){3}$/)
    expect(passwordMistake(password)).toBeUndefined()
  }
  expect(new Set(made).size).toBe(made.length)
})
