import { describe, expect, it } from 'vitest'
import { parseAmount } from './amount'
import { amountText } from './money'

/** The amount, `? one, two` if it is asked which is meant, or `! mistake`. */
function parsed(typed: string, decimals = 2, locale = 'en-US'): string {
  const found = parseAmount(typed, decimals, locale)
  if ('amount' in found) return found.amount
  return found.readings ? `? ${found.readings.join(', ')}` : `! ${found.mistake}`
}

it('reads an amount digit by digit, grouped or not', () => {
  expect(parsed('1250000')).toBe('1250000.00')
  expect(parsed(' 1,250,000.5 ')).toBe('1250000.50')
  expect(parsed("1'250'000.05")).toBe('1250000.05')
  expect(parsed('1 250 000')).toBe('1250000.00')
  expect(parsed('0007')).toBe('7.00')
  expect(parsed('12.')).toBe('12.00')
  expect(parsed('900719925474099.31')).toBe('900719925474099.31')
  expect(parsed('12.300', 1)).toBe('? 12300.0, 12.3')
  expect(parsed('1250', 0)).toBe('1250')
  expect(parsed('0.1234', 4)).toBe('0.1234')
  expect(parsed('0.500')).toBe('0.50')
})

it('explains invalid amounts and never guesses', () => {
  for (const typed of ['1,25,000', '1e6', '12.3.4', '$5', 'ten', '.', '１２', '1.500,2,3', '1, 500', '1,500 000'])
    expect(parsed(typed), typed).toBe('! Enter an amount like 1,250,000.50.')
  expect(parsed('')).toBe('! Enter an amount.')
  expect(parsed('-1')).toBe('! The amount must not be negative.')
  expect(parsed('1.0051')).toBe('! This currency has 2 decimals.')
  expect(parsed('1.5', 0)).toBe('! This currency has no decimals.')
  expect(parsed('1000000000000000')).toBe('1000000000000000.00')
  expect(parsed('1000000000000000.01')).toBe('! The amount is too large.')
})

describe('what can be read in two ways is asked', () => {
  it.each([
    // A German’s 1.500, also in a browser that speaks English.
    ['1.500', 'de-DE', '? 1500.00, 1.50'],
    ['1.500', 'en-US', '? 1500.00, 1.50'],
    ['1.500', 'fr-FR', '? 1500.00, 1.50'],
    ['1,500', 'de-DE', '? 1500.00, 1.50'],
    // As the locale writes it.
    ['1,500', 'en-US', '1500.00'],
    ['1.234', 'de-DE', '1234.00'],
    ['12,5', 'de-DE', '12.50'],
    ['1.250.000,00', 'de-DE', '1250000.00'],
    ['1 500', 'fr-FR', '1500.00'],
    ['1’500', 'de-CH', '1500.00'],
    ['12,50,000', 'en-IN', '1250000.00'],
    ['١٬٥٠٠٫٥', 'ar-EG', '1500.50'],
    // Only one way, whatever the locale.
    ['1.250.000,00', 'en-US', '1250000.00'],
    ['1.250.000', 'en-US', '1250000.00'],
    ['1,250.5', 'de-DE', '1250.50'],
    // One way, but not as the locale writes it.
    ['12,5', 'en-US', '? 12.50'],
    ['12.5', 'de-DE', '? 12.50'],
    ['1.005', 'en-US', '? 1005.00'],
  ])('%s in %s is %s', (typed, locale, expected) => expect(parsed(typed, 2, locale)).toBe(expected))

  it.each([
    ['1.500', 'en-US', 3, '1.500'],
    ['1,500', 'de-DE', 3, '1.500'],
    ['1.500', 'de-DE', 3, '? 1500.000, 1.500'],
    ['1,500', 'en-US', 3, '1500.000'],
    ['1.500', 'de-DE', 0, '1500'],
    ['1.500', 'en-US', 0, '? 1500'],
  ])('%s in %s with %i decimals is %s', (typed, locale, decimals, expected) => expect(parsed(typed, decimals, locale)).toBe(expected))
})

it('reads back what it writes, in every locale and currency', () => {
  const locales = [
    'en-US',
    'en-IN',
    'de-DE',
    'de-CH',
    'de-AT',
    'fr-FR',
    'es-ES',
    'pl-PL',
    'pt-BR',
    'sv-SE',
    'hi-IN',
    'ja-JP',
    'ar-EG',
    'fa-IR',
    'he-IL',
  ]
  const amounts = ['0', '7', '999', '1500', '12345', '1000000', '900719925474099']
  for (const locale of locales)
    for (const whole of amounts)
      for (const fraction of ['', '.50', '.000', '.500', '.1234']) {
        const amount = whole + fraction
        const decimals = Math.max(0, fraction.length - 1)
        expect(parsed(amountText(amount, locale), decimals, locale), `${locale} ${amount}`).toBe(amount)
      }
})
