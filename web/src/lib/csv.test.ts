import { expect, it } from 'vitest'
import { toCsv } from './csv'

const lines = (rows: Parameters<typeof toCsv>[0]) => toCsv(rows).slice(1).split('\r\n').slice(0, -1)

it('quotes what needs it and marks the file as UTF-8', () => {
  expect(toCsv([['é']])).toBe('\uFEFFé\r\n')
  expect(lines([['a', 'b,c', 'say "hi"', 'x\ny', null, undefined, 12]])).toEqual(['a,"b,c","say ""hi""","x\ny",,,12'])
})

it('lets no cell become a formula', () => {
  const cells = ['=1+1', '+49 30', '-5', '@sum', '\tx', '\rx', 'a=b', -5]
  expect(lines([cells]).join('\r\n')).toBe(`'=1+1,'+49 30,'-5,'@sum,'\tx,"'\rx",a=b,-5`)
})
