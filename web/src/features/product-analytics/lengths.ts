import { numberFormat } from '@/lib/locale'
const HOUR = 60
const DAY = 24 * HOUR

const one = numberFormat({ maximumFractionDigits: 1 })

/** A duration as text: `45 min`, `3.5 h`, `2.1 days`. */
export function lengthText(minutes: number | null | undefined): string {
  if (minutes === null || minutes === undefined) return '–'
  if (minutes < HOUR) return `${minutes} min`
  if (minutes < DAY) return `${one.format(minutes / HOUR)} h`
  const days = one.format(minutes / DAY)
  return days === '1' ? '1 day' : `${days} days`
}

/** Axis label of a bucket: `<4 h`, `1–2 d`, `60 d+`. */
export function bucketText(from: number, to: number | null | undefined): string {
  const amount = (minutes: number) => String(minutes < DAY ? minutes / HOUR : minutes / DAY)
  const unit = (minutes: number) => (minutes < DAY ? 'h' : 'd')
  if (from === 0) return to ? `<${amount(to)} ${unit(to)}` : 'any'
  if (to === null || to === undefined) return `${amount(from)} ${unit(from)}+`
  return unit(from) === unit(to) ? `${amount(from)}–${amount(to)} ${unit(to)}` : `${amount(from)} ${unit(from)}–${amount(to)} ${unit(to)}`
}

/** Position of a duration on an axis of equally wide buckets: 2.5 is the middle of the third. */
export function placeOf(minutes: number, buckets: readonly { from_minutes: number; to_minutes?: number | null }[]): number {
  const at = buckets.findIndex(({ to_minutes: to }) => to === null || to === undefined || minutes < to)
  const bucket = buckets[at]
  if (!bucket) return 0
  const { from_minutes: from, to_minutes: to } = bucket
  // The last bucket has no upper bound; it is drawn as if its width equalled its lower bound.
  const width = (to ?? from * 2) - from
  return at + Math.min((minutes - from) / width, 1)
}
