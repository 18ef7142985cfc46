import { expect, it } from 'vitest'
import { initials } from './Avatar'

it.each([
  ['Ada Okafor', 'AO'],
  ['Jonas W. Weber', 'JW'],
  ['Bjørn Halvorsen', 'BH'],
  ['3M', '3'],
  ['王小明', '王'],
  // A decomposed letter keeps its accent.
  ['E\u0301lan Growth', 'E\u0301G'],
  ['ßeta', 'ß'],
  ['👩‍🚀 Mae Jemison', '👩‍🚀J'],
  ['(Ada) Okafor', 'O'],
  ['Ada Okafor (Sales)', 'AO'],
  ['Cedar & Stone Fund II', 'CS'],
  ['Müller & Söhne GmbH & Co. KG', 'MS'],
  ['“Mira” Tan', 'MT'],
  ['II', 'I'],
  ['(…)', '?'],
  ['', '?'],
])('%s is %s', (name, signs) => expect(initials(name)).toBe(signs))
