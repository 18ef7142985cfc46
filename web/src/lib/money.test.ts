import { expect, it } from 'vitest'
import { CURRENCIES, decimalsOf } from './currencies'
import { compactMoney, formatMoney, fromMinor, parseAmount, toMinor } from './money'
import { formatMultiple, formatRate } from './percent'

it('shows every digit of large amounts', () => {
  expect(formatMoney({ amount: '900719925474099.31', currency: 'USD' })).toBe('$900,719,925,474,099.31')
  expect(formatMoney({ amount: '1250000', currency: 'JPY' })).toBe('¥1,250,000')
})

it('shortens an amount next to a bar', () => {
  expect(compactMoney({ amount: '1250000.00', currency: 'USD' })).toBe('$1.3M')
})

const parsed = (typed: string, decimals = 2) => {
  const found = parseAmount(typed, decimals)
  return 'amount' in found ? found.amount : `! ${found.mistake}`
}

it('reads an amount digit by digit, grouped or not', () => {
  expect(parsed('1250000')).toBe('1250000.00')
  expect(parsed(' 1,250,000.5 ')).toBe('1250000.50')
  expect(parsed("1'250'000.05")).toBe('1250000.05')
  expect(parsed('1 250 000')).toBe('1250000.00')
  expect(parsed('0007')).toBe('7.00')
  expect(parsed('12.')).toBe('12.00')
  expect(parsed('900719925474099.31')).toBe('900719925474099.31')
  expect(parsed('12.300', 1)).toBe('12.3')
  expect(parsed('1250', 0)).toBe('1250')
  expect(parsed('0.1234', 4)).toBe('0.1234')
})

it('explains invalid amounts and never guesses', () => {
  for (const typed of ['1.250.000,00', '12,5', '1,25,000', '1e6', '12.3.4', '$5', 'ten', '.', '１２'])
    expect(parsed(typed)).toMatch(/^! Enter an amount like/)
  expect(parsed('')).toBe('! Enter an amount.')
  expect(parsed('-1')).toBe('! The amount must not be negative.')
  expect(parsed('1.005')).toBe('! This currency has 2 decimals.')
  expect(parsed('1.5', 0)).toBe('! This currency has no decimals.')
  expect(parsed('1000000000000000')).toBe('1000000000000000.00')
  expect(parsed('1000000000000000.01')).toMatch(/^! The amount is too large/)
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

it('shows multiples and rates', () => {
  expect(formatMultiple('1.3700')).toBe('1.37×')
  expect(formatRate('0.373363')).toBe('37.3%')
  expect(formatRate('-0.05')).toBe('-5.0%')
})
