import { Problem } from '@/api/problem'
import { nameMistake } from '@/api/rules'
import type {
  CashFlow,
  CashFlowKind,
  CashFlowPatch,
  Investment,
  InvestmentKind,
  InvestmentPatch,
  InvestmentStatus,
  Money,
  NewCashFlow,
  NewInvestment,
} from '@/api/types'
import { parseAmount } from '@/lib/amount'
import { decimalsOf } from '@/lib/currencies'
import { amountText } from '@/lib/money'
import { changes } from '@/lib/rebase'
import { today } from '@/lib/time'

/** Form values of an investment: the amount as typed, empty fields as empty strings. */
export interface InvestmentValues {
  name: string
  kind: InvestmentKind
  round: string
  status: InvestmentStatus
  amount: string
  currency: string
  invested_on: string
  notes: string
}

export interface CashFlowValues {
  kind: CashFlowKind
  date: string
  amount: string
  notes: string
}

export function freshInvestment(currency: string): InvestmentValues {
  return { name: '', kind: 'fund_commitment', round: '', status: 'committed', amount: '', currency, invested_on: today(), notes: '' }
}

export function investmentValues({ name, kind, round, status, commitment, invested_on, notes }: Investment): InvestmentValues {
  const { amount, currency } = commitment
  return { name, kind, round: round ?? '', status, amount: amountText(amount), currency, invested_on, notes: notes ?? '' }
}

export function freshCashFlow(kind: CashFlowKind = 'contribution'): CashFlowValues {
  return { kind, date: today(), amount: '', notes: '' }
}

export function cashFlowValues({ kind, date, amount, notes }: CashFlow): CashFlowValues {
  return { kind, date, amount: amountText(amount.amount), notes: notes ?? '' }
}

const dateMistake = (date: string) => (/^\d{4}-\d\d-\d\d$/.test(date) ? undefined : 'Choose a date.')

function amountMistake(typed: string, currency: string): string | undefined {
  const parsed = parseAmount(typed, decimalsOf(currency))
  return 'mistake' in parsed ? parsed.mistake : undefined
}

export function checkInvestment({ name, amount, currency, invested_on: on }: InvestmentValues) {
  return {
    name: nameMistake(name),
    amount: amountMistake(amount, currency),
    currency: currency === '' ? 'Choose a currency.' : undefined,
    invested_on: dateMistake(on),
  }
}

export function checkCashFlow({ date, amount }: CashFlowValues, currency: string) {
  return { date: dateMistake(date), amount: amountMistake(amount, currency) }
}

/** The amount in the API's format; only for validated input. */
function money(typed: string, currency: string): Money {
  const parsed = parseAmount(typed, decimalsOf(currency))
  if ('mistake' in parsed) throw new RangeError(parsed.mistake)
  return { amount: parsed.amount, currency }
}

const orNull = (text: string) => (text.trim() === '' ? null : text)

function investmentSent({ amount, currency, round, notes, ...rest }: InvestmentValues): NewInvestment {
  return { ...rest, commitment: money(amount, currency), round: orNull(round), notes: orNull(notes) }
}

export function newInvestment(values: InvestmentValues): NewInvestment {
  return investmentSent(values)
}

/** Only changed fields; null for those that were emptied. */
export function investmentPatch(values: InvestmentValues, base: InvestmentValues): InvestmentPatch {
  return changes<NewInvestment>(investmentSent(values), investmentSent(base))
}

export function newCashFlow({ kind, date, amount, notes }: CashFlowValues, currency: string): NewCashFlow {
  return { kind, date, amount: money(amount, currency), notes: orNull(notes) }
}

export function cashFlowPatch(values: CashFlowValues, base: CashFlowValues, currency: string): CashFlowPatch {
  return changes<NewCashFlow>(newCashFlow(values, currency), newCashFlow(base, currency))
}

const FIELDS: Record<string, string> = {
  commitment: 'amount',
  'commitment.amount': 'amount',
  'commitment.currency': 'currency',
  'amount.amount': 'amount',
  'amount.currency': 'amount',
}

/** Maps field names in a refusal from the API's to the form's. */
export function refusedAtField(error: unknown): never {
  if (!(error instanceof Problem) || error.errors.length === 0) throw error
  const { status, code, title, detail, requestId, errors } = error
  throw new Problem({
    status,
    code,
    title,
    detail,
    requestId,
    errors: errors.map((one) => ({ ...one, field: FIELDS[one.field] ?? one.field })),
  })
}
