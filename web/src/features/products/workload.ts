import type { ProductMember } from '@/api/types'

/** Formats decimal text as "12.5 h", without trailing zeros. */
export function hoursText(hours: string): string {
  const [whole = '0', part = ''] = hours.split('.')
  const rest = part.replace(/0+$/u, '')
  return `${rest === '' ? whole : `${whole}.${rest}`} h`
}

/** A team's workload: the highest of one member, and the total. Undefined if the API returns none. */
export function workload(people: readonly Pick<ProductMember, 'open_tasks' | 'overdue_tasks'>[]): {
  most: number
  open?: number
  overdue?: number
} {
  const known = people.filter((one) => one.open_tasks !== undefined)
  if (known.length === 0) return { most: 1 }
  const sum = (of: (one: (typeof known)[number]) => number | undefined) => known.reduce((all, one) => all + (of(one) ?? 0), 0)
  return {
    most: Math.max(1, ...known.map((one) => one.open_tasks ?? 0)),
    open: sum((one) => one.open_tasks),
    overdue: sum((one) => one.overdue_tasks),
  }
}
