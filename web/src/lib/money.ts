/** "$1,250,000.00": exact, because the digits stay a string and never become a floating-point number. */
export function formatMoney({ amount, currency }: { amount: string; currency: string }): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount as `${number}`)
}

/** "$1.3M", for places where the exact amount doesn't fit; show the exact amount next to it. */
export function compactMoney({ amount, currency }: { amount: string; currency: string }): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency, notation: 'compact', maximumFractionDigits: 1 }).format(
    amount as `${number}`,
  )
}

/** An amount as a bar length, where the last digits don't matter. */
export function moneyShare({ amount }: { amount: string }): number {
  return Number(amount)
}

/** Digits, plain or in groups of three, optionally followed by a dot and decimals. */
const AMOUNT = /^(\d+|\d{1,3}(?:[,' \u00a0\u202f’]\d{3})+)(?:\.(\d*))?$/u
/** Largest amount the API accepts, in whole units: 10^15. */
const MOST = 10n ** 15n

export type ParsedAmount = { amount: string } | { mistake: string }

/** Parses a typed amount digit by digit: `1,250,000.5` in USD is `1250000.50`. Without floating-point numbers. */
export function parseAmount(typed: string, decimals: number): ParsedAmount {
  const text = typed.trim()
  if (text === '') return { mistake: 'Enter an amount.' }
  if (text.startsWith('-')) return { mistake: 'The amount must not be negative.' }
  const found = AMOUNT.exec(text)
  if (!found) return { mistake: 'Enter an amount like 1,250,000.50, with a dot before the decimals.' }
  const whole = (found[1] ?? '').replace(/\D/gu, '').replace(/^0+(?=\d)/, '')
  const fraction = (found[2] ?? '').replace(/0+$/, '')
  if (fraction.length > decimals)
    return { mistake: decimals === 0 ? 'This currency has no decimals.' : `This currency has ${decimals} decimals.` }
  const units = BigInt(whole)
  if (units > MOST || (units === MOST && fraction !== '')) return { mistake: 'The amount is too large.' }
  return { amount: decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, '0')}` }
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
