import { describe, expect, it } from 'vitest'
import { fileName } from './reports'

describe('file name', () => {
  it('prefers the UTF-8 name', () => {
    expect(fileName(`attachment; filename="Z_rich.pdf"; filename*=UTF-8''Z%C3%BCrich.pdf`)).toBe('Zürich.pdf')
  })

  it('falls back to the plain name', () => {
    expect(fileName('attachment; filename="Acme 2026-11-21.pdf"')).toBe('Acme 2026-11-21.pdf')
    expect(fileName(`attachment; filename="Acme.pdf"; filename*=UTF-8''%E2%82`)).toBe('Acme.pdf')
  })

  it('is undefined if the response has none', () => {
    expect(fileName(null)).toBeUndefined()
    expect(fileName('inline')).toBeUndefined()
  })
})
