import type { CurrencyHoldings, Figures, InternalRate, ReturnReason, ValuedPart } from '@/api/types'
import { RETURN_REASONS } from '@/api/words'
import { formatMoney } from '@/lib/money'
import { formatRate } from '@/lib/percent'
import { formatDate } from '@/lib/day'

export const ROLLED_FORWARD = 'the last valuation plus later contributions less later distributions'

const MULTIPLES = ['dpi', 'rvpi', 'tvpi'] as const

/** Sentences that explain which figures are undefined, grouped by reason. */
export function missingWords(figures: Figures, irr?: InternalRate, part?: ValuedPart | null): string[] {
  const missing = new Map<ReturnReason, string[]>()
  const note = (reason: ReturnReason | null | undefined, name: string) => {
    if (reason) missing.set(reason, [...(missing.get(reason) ?? []), name])
  }
  for (const field of MULTIPLES) if (!figures[field] && !(field !== 'dpi' && part?.[field])) note(figures.reason, field.toUpperCase())
  if (irr && !irr.rate) note(irr.reason, 'IRR')
  return [...missing].map(([reason, names]) => `No ${listed(names, 'or')}: ${RETURN_REASONS[reason]}.`)
}

function listed(names: readonly string[], last: string): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1) ?? ''}`
}

function valuedWords({ investments, unvalued, rolled_forward: rolled, valued_on: on }: CurrencyHoldings): string | undefined {
  if (!on) return undefined
  if (investments - unvalued === 1) return `Valued on ${formatDate(on)}${rolled > 0 ? `, rolled forward: ${ROLLED_FORWARD}` : ''}.`
  return `Valued since ${formatDate(on)}${rolled > 0 ? `, ${rolled} of them rolled forward: ${ROLLED_FORWARD}` : ''}.`
}

/** What one must know about the figures of several investments: what was never valued or rolled forward, and how the rate is meant. */
export function remarks(held: CurrencyHoldings): string[] {
  const { investments, unvalued, valued_part: part, irr } = held
  const said: (string | undefined)[] = []
  if (part) {
    const has = unvalued === 1 ? 'has' : 'have'
    said.push(`${unvalued} of ${investments} investments ${has} never been valued (${formatMoney(part.unvalued_paid_in)} paid in).`)
    if (part.tvpi) said[0] += ' Value, RVPI, TVPI and IRR are those of the others.'
  }
  said.push(valuedWords(held))
  if (irr.from && irr.to) {
    const short = irr.annualized ? '' : ': less than a year, so not annualized'
    said.push(`IRR from ${formatDate(irr.from)} to ${formatDate(irr.to)}${short}.`)
  }
  if (irr.other_rates.length > 0) {
    const others = listed(
      irr.other_rates.map((rate) => formatRate(rate)),
      'and',
    )
    const solves = irr.other_rates.length === 1 ? 'solves' : 'solve'
    said.push(
      `The cash flows change direction more than once: ${others} also ${solves} for the IRR. ` +
        'The one shown is the rate at which more money back means a higher return.',
    )
  }
  return said.filter((one) => one !== undefined)
}
