import { dateFormat } from '@/lib/locale'

const MONTH = dateFormat({ timeZone: 'UTC', month: 'short' })
const MONTH_OF_YEAR = dateFormat({ timeZone: 'UTC', month: 'short', year: 'numeric' })

/** "Dec", or "Jan 2027" at the start of a year or of the axis. */
export function formatMonth(month: string, first: boolean): string {
  return (first || month.endsWith('-01') ? MONTH_OF_YEAR : MONTH).format(new Date(`${month}-01T00:00:00Z`))
}
