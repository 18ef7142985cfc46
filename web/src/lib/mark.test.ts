import { expect, it } from 'vitest'
import { marked } from './mark'

const shown = (name: string, typed: string) =>
  marked(name, typed)
    .map(({ text, hit }) => (hit ? `[${text}]` : text))
    .join('')

it('marks the start of each typed word, ignoring accents', () => {
  expect(shown('Crédit Agricole S.A.', 'agri CRE')).toBe('[Cré]dit [Agri]cole S.A.')
  expect(shown('Acme', 'cme')).toBe('Acme')
  expect(shown('Acme', '')).toBe('Acme')
})

it('loses nothing of the name', () => {
  for (const name of ['ﬁnance & Söhne', 'İstanbul Fund', '— a –']) {
    expect(
      marked(name, 'fi is a')
        .map(({ text }) => text)
        .join(''),
    ).toBe(name)
  }
})
