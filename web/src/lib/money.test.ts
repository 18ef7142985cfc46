import { expect, it } from 'vitest'
import { CURRENCIES, decimalsOf } from './currencies'
import { amountText, compactMoney, formatMoney, fromMinor, moneyWords, toMinor } from './money'
import { formatMultiple, formatRate, formatShare } from './percent'

it('shows every digit of large amounts', () => {
  expect(formatMoney({ amount: '900719925474099.31', currency: 'USD' })).toBe('US$900,719,925,474,099.31')
  expect(formatMoney({ amount: '1250000', currency: 'JPY' })).toBe('JP¥1,250,000')
})

it('shortens an amount next to a bar', () => {
  expect(compactMoney({ amount: '1250000.00', currency: 'USD' })).toBe('US$1.3m')
})

it('converts amounts to smallest units and back', () => {
  for (const [amount, decimals] of [
    ['0.00', 2],
    ['0.05', 2],
    ['1250000.50', 2],
    ['7', 0],
    ['0.0001', 4],
    ['-0.05', 2],
    ['-12.34', 2],
  ] as const) {
    expect(fromMinor(amount.startsWith('-') ? -toMinor(amount.slice(1), decimals) : toMinor(amount, decimals), decimals)).toBe(amount)
  }
  expect(toMinor('900719925474099.31', 2)).toBe(90071992547409931n)
})

it('agrees with browsers on each currency’s decimals', () => {
  expect(CURRENCIES).toHaveLength(165)
  expect([decimalsOf('USD'), decimalsOf('JPY'), decimalsOf('KWD'), decimalsOf('CLF')]).toEqual([2, 0, 3, 4])
})

it('rounds and spaces multiples and rates in one way', () => {
  expect(formatMultiple('1.3700')).toBe('1.37×')
  expect(formatMultiple('1.2050')).toBe('1.21×')
  expect(formatRate('0.373363')).toBe('37.3%')
  expect(formatRate('-0.05')).toBe('-5.0%')
  expect(formatRate('-1.000000')).toBe('-100.0%')
  expect(formatShare(33)).toBe('33%')
})

it('never shows a negative zero', () => {
  expect(formatRate('-0.000400')).toBe('0.0%')
  expect(formatRate('-0.000000')).toBe('0.0%')
})

/** `Intl` separates with spaces that don't break. */
const spaced = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

it.each([
  ['de-DE', '1.250.000,00 €', '1,37×', '37,3 %', '1.250.000,00'],
  ['fr-FR', '1 250 000,00 €', '1,37×', '37,3 %', '1 250 000,00'],
  ['en-IN', '€12,50,000.00', '1.37×', '37.3%', '12,50,000.00'],
])('follows the locale %s', (locale, money, multiple, rate, typed) => {
  expect(spaced(formatMoney({ amount: '1250000.00', currency: 'EUR' }, locale))).toBe(money)
  expect(formatMultiple('1.3700', locale)).toBe(multiple)
  expect(spaced(formatRate('0.373363', locale))).toBe(rate)
  expect(spaced(amountText('1250000.00', locale))).toBe(typed)
})

it('writes audited amounts in the locale’s way', () => {
  expect(spaced(moneyWords('12500.00 USD', 'de-DE'))).toBe('12.500,00 $')
  expect(moneyWords('Fund 12 USD')).toBe('Fund 12 USD')
  expect(moneyWords('2025')).toBe('2025')
})
