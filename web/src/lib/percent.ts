import { LOCALE, numberFormat } from './locale'

/** "37.3%" for the fraction `0.373363`, which stays a string; one decimal, and never "-0.0%". */
export function formatRate(rate: string, locale: string = LOCALE): string {
  const options = { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: 'negative' } as const
  return numberFormat(options, locale).format(rate as `${number}`)
}

/** "1.37×" for the multiple `1.3700`; two decimals. */
export function formatMultiple(multiple: string, locale: string = LOCALE): string {
  return `${numberFormat({ minimumFractionDigits: 2, maximumFractionDigits: 2 }, locale).format(multiple as `${number}`)}×`
}

/** "33%" for 33 of a hundred. */
export function formatShare(percent: number, locale: string = LOCALE): string {
  return numberFormat({ style: 'percent', maximumFractionDigits: 0 }, locale).format(percent / 100)
}
