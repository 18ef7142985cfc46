import { LOCALE, numberFormat } from './locale'

interface Money {
  amount: string
  currency: string
}

const formats = new Map<string, Intl.NumberFormat>()

/** Creating a formatter costs more than a table row, so they are kept. */
function format(options: Intl.NumberFormatOptions, locale: string): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(key) ?? numberFormat(options, locale)
  formats.set(key, known)
  return known
}

/** "$1,250,000.00" in the locale's way: exact, because the digits stay a string and never become a floating-point number. */
export function formatMoney({ amount, currency }: Money, locale: string = LOCALE): string {
  return format({ style: 'currency', currency }, locale).format(amount as `${number}`)
}

/** "$1.3M", for places where the exact amount doesn't fit; show the exact amount next to it. */
export function compactMoney({ amount, currency }: Money, locale: string = LOCALE): string {
  const options = { style: 'currency', currency, notation: 'compact', maximumFractionDigits: 1 } as const
  return format(options, locale).format(amount as `${number}`)
}

/** An amount as a bar length, where the last digits don't matter. */
export function moneyShare({ amount }: { amount: string }): number {
  return Number(amount)
}

/** An API amount as one types it in the locale: `1250000.00` is "1.250.000,00" in German. */
export function amountText(amount: string, locale: string = LOCALE): string {
  const digits = amount.split('.')[1]?.length ?? 0
  return format({ minimumFractionDigits: digits, maximumFractionDigits: digits }, locale).format(amount as `${number}`)
}

/** An audited amount such as `12500.00 USD` in the locale's way; any other text as it is. */
export function moneyWords(text: string, locale: string = LOCALE): string {
  const [, amount, currency] = /^(\d+(?:\.\d+)?) ([A-Z]{3})$/.exec(text) ?? []
  return amount && currency ? formatMoney({ amount, currency }, locale) : text
}

/** An API amount in its smallest units, for exact sums: `12.34` is 1234. */
export function toMinor(amount: string, decimals: number): bigint {
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'))
}

/** The inverse; sums may be negative. */
export function fromMinor(minor: bigint, decimals: number): string {
  if (decimals === 0) return minor.toString()
  const sign = minor < 0n ? '-' : ''
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, '0')
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
