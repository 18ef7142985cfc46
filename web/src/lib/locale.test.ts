import { expect, it } from 'vitest'
import { dateFormat, firstLocale, numberFormat } from './locale'

it('takes the first locale that exists', () => {
  expect(firstLocale(['en_US', 'xx-invented-language', 'de-CH', 'en'])).toBe('de-CH')
  expect(firstLocale(['C'])).toBe('en')
  expect(firstLocale([])).toBe('en')
})

it.each([
  ['en-US', 'Nov 21, 2026', '1,234.5'],
  ['en-GB', '21 Nov 2026', '1,234.5'],
  ['de-DE', '21. Nov. 2026', '1.234,5'],
  // In Thailand, the year would be 2569, unlike in a date control.
  ['th-TH', '21 พ.ย. 2026', '1,234.5'],
])('writes dates and numbers of %s', (locale, day, number) => {
  const options = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const
  expect(dateFormat(options, locale).format(new Date('2026-11-21'))).toContain(day.replace(' 2026', ''))
  expect(dateFormat(options, locale).format(new Date('2026-11-21'))).toContain('2026')
  expect(numberFormat({}, locale).format(1234.5)).toBe(number)
})
