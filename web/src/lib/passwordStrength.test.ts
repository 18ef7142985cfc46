import { expect, it } from 'vitest'
import { passwordStrength } from './passwordStrength'

it.each(['123456789012', 'Password1234', 'passwordpassword', 'P@ssw0rd1234!', 'letmeinletmein', 'iloveyou1234'])(
  'finds %s weak',
  async (password) => {
    expect(await passwordStrength(password)).toBeLessThan(3)
  },
)

it.each(['correct horse battery', 'four plain words here', 'x7Kmq-9TfWa-hP3vZ-Rc4ny'])('finds %s strong', async (password) => {
  expect(await passwordStrength(password)).toBe(4)
})

it('counts what is known about the user as easy to guess', async () => {
  expect(await passwordStrength('adalovelace1815')).toBeGreaterThan(2)
  expect(await passwordStrength('adalovelace1815', ['Ada Lovelace'])).toBeLessThan(3)
})
