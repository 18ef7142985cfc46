import { expect, it } from 'vitest'
import { compactMoney, formatMoney } from './money'

it('shows every digit of an amount that no floating-point number holds', () => {
  expect(formatMoney({ amount: '900719925474099.31', currency: 'USD' })).toBe('$900,719,925,474,099.31')
  expect(formatMoney({ amount: '1250000', currency: 'JPY' })).toBe('¥1,250,000')
})

it('shortens an amount where a bar stands for it', () => {
  expect(compactMoney({ amount: '1250000.00', currency: 'USD' })).toBe('$1.3M')
})
