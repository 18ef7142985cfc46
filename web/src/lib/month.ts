import { dateFormat } from './locale'

// Calendar months as `2026-11`, in UTC as on the server.

export function thisMonth(): string {
  return new Date().toISOString().slice(0, 7)
}

/** The month a number of months later; earlier if negative. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}

const words = dateFormat({ month: 'long', year: 'numeric', timeZone: 'UTC' })

/** Such as "November 2026". */
export function monthWords(month: string): string {
  return words.format(new Date(`${month}-01T00:00:00Z`))
}
