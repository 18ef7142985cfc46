import { LOCALE, numberFormat } from './locale'
import { amountText } from './money'

/** Largest amount the API accepts, in whole units: 10^15. */
const MOST = 10n ** 15n

/** The amount; or what is wrong with the text, and which amounts it could mean, the likelier first. */
export type ParsedAmount = { amount: string } | { mistake: string; readings?: readonly string[] }

interface Reading {
  whole: string
  fraction: string
  /** What separates the decimals; none if there are none. */
  mark?: '.' | ','
}

interface Marks {
  group: string
  decimal: string
  /** The locale's own digits. */
  digits: readonly string[]
}

function marksOf(locale: string): Marks {
  const parts = numberFormat({ useGrouping: true }, locale).formatToParts(1234567.8)
  const valueOf = (type: Intl.NumberFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? ''
  const digits = [...numberFormat({ useGrouping: false }, locale).format(9876543210)].reverse()
  return { group: valueOf('group'), decimal: valueOf('decimal'), digits }
}

/** Spaces and apostrophes only ever separate groups. */
const SPACES = /[\s\u00a0\u202f]/gu
const APOSTROPHES = /[’ʼ]/gu
const INVISIBLE = /[\u200e\u200f\u061c]/gu

/** ASCII digits and the separators `.`, `,`, a space and an apostrophe; the Arabic ones become `.` and `,`. */
function plain(text: string, { digits }: Marks): string {
  const latin = [...text].map((one) => (digits.includes(one) ? String(digits.indexOf(one)) : one)).join('')
  return latin.replace(INVISIBLE, '').replace(SPACES, ' ').replace(APOSTROPHES, "'").replaceAll('\u066b', '.').replaceAll('\u066c', ',')
}

const digitsOf = (text: string) => text.replace(/\D/gu, '')

/** Whether the whole part is digits, plain or in groups: of three, or as the locale groups them. */
function isWhole(text: string, locale: string, marks: Marks): boolean {
  if (/^\d+$/.test(text)) return true
  if (!/^[1-9]/.test(text)) return false
  return (
    /^\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*$/.test(text) || plain(numberFormat({}, locale).format(BigInt(digitsOf(text))), marks) === text
  )
}

/** Every way to read the text as a number. */
function readingsOf(text: string, locale: string, marks: Marks): Reading[] {
  const readings: Reading[] = []
  if (isWhole(text, locale, marks)) readings.push({ whole: digitsOf(text), fraction: '' })
  for (const mark of ['.', ','] as const) {
    const [whole, fraction, more] = text.split(mark)
    if (whole === undefined || fraction === undefined || more !== undefined) continue
    if (isWhole(whole, locale, marks) && /^\d*$/.test(fraction)) readings.push({ whole: digitsOf(whole), fraction, mark })
  }
  return readings
}

/** The reading as an API amount, or why the currency has no such amount. */
function inCurrency({ whole, fraction }: Reading, decimals: number): { amount: string } | { mistake: string } {
  const digits = fraction.replace(/0+$/, '')
  // Nobody writes three decimals of a currency without any: they are a group.
  if (digits.length > decimals || (decimals === 0 && fraction.length === 3))
    return { mistake: decimals === 0 ? 'This currency has no decimals.' : `This currency has ${decimals} decimals.` }
  const units = BigInt(whole)
  if (units > MOST || (units === MOST && digits !== '')) return { mistake: 'The amount is too large.' }
  return { amount: decimals === 0 ? units.toString() : `${units}.${digits.padEnd(decimals, '0')}` }
}

/** Whether there is no doubt about the reading, although the text, such as "1.500", has a single separator. */
function isCertain(text: string, reading: Reading, all: readonly Reading[], decimals: number, marks: Marks): boolean {
  const [separator, another] = text.match(/[., ']/gu) ?? []
  // Without a separator, with several, or with nothing after it, there is only one way. Spaces and apostrophes only ever group.
  if (separator === undefined || another !== undefined || /[ ']/.test(separator)) return true
  if (reading.mark !== undefined && reading.fraction === '') return true
  const locals = reading.mark === undefined ? marks.group : marks.decimal
  if (plain(locals, marks) !== separator) return false
  if (all.length === 1) return true
  // Where commas group, "1,500" is as the locale writes it. A dot is the decimal point on many keyboards, also where dots group.
  return reading.mark === undefined ? separator === ',' : reading.fraction.length === decimals
}

/**
 * Parses a typed amount digit by digit, without floating-point numbers: `1,250,000.5` in USD is `1250000.50`, and so is
 * `1.250.000,5`. What can be read in two ways, such as `1.500`, or isn't as the locale writes it, such as `12,5` in English, is not
 * guessed: the readings are returned to be asked about.
 */
export function parseAmount(typed: string, decimals: number, locale: string = LOCALE): ParsedAmount {
  const marks = marksOf(locale)
  const text = plain(typed.trim(), marks)
  if (text === '') return { mistake: 'Enter an amount.' }
  if (/^[-−]/.test(text)) return { mistake: 'The amount must not be negative.' }
  const found = readingsOf(text, locale, marks).map((reading) => ({ reading, money: inCurrency(reading, decimals) }))
  const [first] = found
  if (!first) return { mistake: `Enter an amount like ${amountText('1250000.50', locale)}.` }
  const fitting = found.flatMap(({ reading, money }) => ('amount' in money ? [{ reading, amount: money.amount }] : []))
  const all = fitting.map(({ reading }) => reading)
  const certain = fitting.find(({ reading }) => isCertain(text, reading, all, decimals, marks))
  if (certain) return { amount: certain.amount }
  const readings = [...new Set(fitting.map(({ amount }) => amount))]
  if (readings.length > 1) return { mistake: 'This can be read in two ways. Choose the amount you mean.', readings }
  if (readings.length === 1) return { mistake: 'Check the separators. Do you mean this amount?', readings }
  const { money } = found.at(-1) ?? first
  return { mistake: 'mistake' in money ? money.mistake : '' }
}
