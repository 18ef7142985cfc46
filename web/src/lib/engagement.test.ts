import { describe, expect, it } from 'vitest'
import { engagementWord } from './engagement'

describe('engagement', () => {
  it('has a word for every score', () => {
    expect([0, 19, 20, 59, 60, 100].map(engagementWord)).toEqual(['Cold', 'Cold', 'Warm', 'Warm', 'Strong', 'Strong'])
  })
})
