import { describe, expect, it } from 'vitest'
import { fileName } from './reports'

describe('the name of a file', () => {
  it('is the one in UTF-8 where there is one', () => {
    expect(fileName(`attachment; filename="Z_rich.pdf"; filename*=UTF-8''Z%C3%BCrich.pdf`)).toBe('Zürich.pdf')
  })

  it('is the plain one otherwise, also when the other is broken', () => {
    expect(fileName('attachment; filename="Acme 2026-11-21.pdf"')).toBe('Acme 2026-11-21.pdf')
    expect(fileName(`attachment; filename="Acme.pdf"; filename*=UTF-8''%E2%82`)).toBe('Acme.pdf')
  })

  it('is unknown where the answer does not say', () => {
    expect(fileName(null)).toBeUndefined()
    expect(fileName('inline')).toBeUndefined()
  })
})
