import { nameMistake } from '@/api/rules'
import type { NewProduct, Product, ProductPatch, ProductStatus, WipLimits } from '@/api/types'
import { changes } from '@/lib/rebase'

export interface NewValues {
  name: string
  key: string
  description: string
  status: ProductStatus
  owner_id: string
}

/** Request for a new product; empty fields are left to the server's defaults. */
export function newProduct({ name, key, description, status, owner_id: owner }: NewValues): NewProduct {
  return {
    name,
    key: key.trim().toUpperCase(),
    status,
    ...(description.trim() === '' ? {} : { description }),
    ...(owner === '' ? {} : { owner_id: owner }),
  }
}

/** The board columns that can have a limit. */
export const LIMITED = ['open', 'in_progress', 'blocked', 'in_review'] as const satisfies readonly (keyof WipLimits)[]
const MAX_CARDS = 1000
const MAX_DAYS = 365

/** Form values of a product's settings: numbers as text, empty for no limit. */
export type Values = { name: string; description: string; status: ProductStatus; owner_id: string; aging_alert_days: string } & Record<
  (typeof LIMITED)[number],
  string
>

export function valuesOf({ name, description, status, owner_id, aging_alert_days: days, wip_limits: limits }: Product): Values {
  const limit = (column: keyof WipLimits) => (limits[column] ? String(limits[column]) : '')
  return {
    name,
    description: description ?? '',
    status,
    owner_id,
    aging_alert_days: String(days),
    open: limit('open'),
    in_progress: limit('in_progress'),
    blocked: limit('blocked'),
    in_review: limit('in_review'),
  }
}

function between(value: string, most: number): string | undefined {
  const number = Number(value)
  return /^\d+$/u.test(value.trim()) && number >= 1 && number <= most ? undefined : `Enter a whole number from 1 to ${most}.`
}

export function check(values: Values) {
  const limit = (column: (typeof LIMITED)[number]) => (values[column].trim() === '' ? undefined : between(values[column], MAX_CARDS))
  return {
    name: nameMistake(values.name),
    aging_alert_days: between(values.aging_alert_days, MAX_DAYS),
    open: limit('open'),
    in_progress: limit('in_progress'),
    blocked: limit('blocked'),
    in_review: limit('in_review'),
  }
}

/** Patch for an edit: only changed fields. The limits are a single API field. */
export function patchOf(values: Values, base: Values): ProductPatch {
  const { aging_alert_days: days, description, open, in_progress, blocked, in_review, ...plain } = changes(values, base)
  const limited = [open, in_progress, blocked, in_review].some((limit) => limit !== undefined)
  const number = (text: string) => (text.trim() === '' ? null : Number(text))
  return {
    ...plain,
    ...(description === undefined ? {} : { description: description.trim() === '' ? null : description }),
    ...(days === undefined ? {} : { aging_alert_days: Number(days) }),
    ...(limited
      ? {
          wip_limits: {
            open: number(values.open),
            in_progress: number(values.in_progress),
            blocked: number(values.blocked),
            in_review: number(values.in_review),
          },
        }
      : {}),
  }
}
