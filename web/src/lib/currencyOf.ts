import currencies from 'country-to-currency'
import { CURRENCIES } from './currencies'

const byCountry: Record<string, string> = currencies
const accepted = new Set(CURRENCIES.map(({ value }) => value))

/** The currency that an investor's new investment is most likely in: that of the latest one, or else of the investor's country. */
export function likelyCurrency(latest: string | undefined, country: string | null | undefined): string {
  if (latest) return latest
  const own = country ? byCountry[country] : undefined
  return own && accepted.has(own) ? own : ''
}
