import { expect, it } from 'vitest'
import { tokenOf } from './resetToken'

it('reads a link’s token, and none from a broken link', () => {
  expect(tokenOf('#token=a-B_9')).toBe('a-B_9')
  expect(tokenOf('#token=')).toBeNull()
  expect(tokenOf('#other=x')).toBeNull()
  expect(tokenOf('')).toBeNull()
})
