import { expect, it, vi } from 'vitest'
import { Problem } from '@/api/problem'
import type { CashFlow, CashFlowKind, CurrencyHoldings, Figures, InternalRate, ValuedPart } from '@/api/types'
import { formatDate } from '@/lib/day'
import { setTimeZone } from '@/lib/time'
import { ledger, series } from './ledger'
import { missingWords, remarks } from './remarks'
import {
  cashFlowPatch,
  checkInvestment,
  freshCashFlow,
  freshInvestment,
  investmentPatch,
  newCashFlow,
  newInvestment,
  refusedAtField,
  type InvestmentValues,
} from './values'

let made = 0
function flow(date: string, kind: CashFlowKind, amount: string, currency = 'USD'): CashFlow {
  made += 1
  const at = `2026-11-01T00:00:${String(made % 60).padStart(2, '0')}Z`
  return {
    id: String(made),
    version: 1,
    created_at: at,
    updated_at: at,
    investor_id: 'i',
    investment_id: 'v',
    kind,
    date,
    amount: { amount, currency },
    created_by: 'u',
    created_by_name: 'Ann',
  }
}

it('sums cash flows exactly in any order, newest first', () => {
  const flows = [
    flow('2025-06-30', 'valuation', '500.00'),
    flow('2025-01-10', 'contribution', '900719925474099.31'),
    flow('2025-09-01', 'distribution', '0.10'),
    flow('2025-02-10', 'contribution', '0.02'),
    flow('2025-10-01', 'distribution', '0.20'),
  ]
  const rows = ledger(flows, 2)
  expect(rows.map(({ flow: { date } }) => date)).toEqual(['2025-10-01', '2025-09-01', '2025-06-30', '2025-02-10', '2025-01-10'])
  expect(rows[0]).toMatchObject({ paidIn: '900719925474099.33', distributed: '0.30' })
  expect(rows.at(-1)).toMatchObject({ paidIn: '900719925474099.31', distributed: '0.00' })
})

it('groups flows by month and rolls the value forward', () => {
  const points = series(
    [
      flow('2025-01-10', 'contribution', '100.00'),
      flow('2025-01-20', 'distribution', '40.00'),
      flow('2025-02-01', 'valuation', '70.00'),
      flow('2025-04-01', 'distribution', '5.00'),
    ],
    2,
  )
  expect(points).toEqual([
    { label: '2025-01', net: '-60.00' },
    { label: '2025-02', net: '0.00', value: '70.00' },
    { label: '2025-03', net: '0.00', value: '70.00' },
    { label: '2025-04', net: '5.00', value: '65.00' },
  ])
  expect(series([], 2)).toEqual([])
})

it('widens the columns over long periods', () => {
  const over = (last: string) => series([flow('2020-02-10', 'contribution', '1'), flow(last, 'distribution', '3')], 0)
  expect(over('2024-11-30').map(({ label }) => label)).toEqual(expect.arrayContaining(['2020 Q1', '2024 Q4']))
  expect(over('2024-11-30')).toHaveLength(20)
  expect(over('2032-01-01').map(({ label }) => label)).toHaveLength(13)
  expect(over('2032-01-01').at(-1)).toEqual({ label: '2032', net: '3' })
})

const typed: InvestmentValues = { ...freshInvestment('USD'), name: 'Fund II', amount: '1,000,000', invested_on: '2026-01-02' }

it('sends the exact amount and only changed fields', () => {
  expect(newInvestment(typed)).toMatchObject({ commitment: { amount: '1000000.00', currency: 'USD' }, round: null, notes: null })
  expect(investmentPatch({ ...typed, amount: '1000000.00' }, typed)).toEqual({})
  expect(investmentPatch({ ...typed, currency: 'JPY', round: 'A' }, typed)).toEqual({
    commitment: { amount: '1000000', currency: 'JPY' },
    round: 'A',
  })
  const call = { kind: 'contribution', date: '2026-02-01', amount: '5', notes: 'x' } as const
  expect(newCashFlow(call, 'KWD').amount).toEqual({ amount: '5.000', currency: 'KWD' })
  expect(cashFlowPatch({ ...call, notes: ' ' }, call, 'KWD')).toEqual({ notes: null })
})

it('checks the amount against the selected currency', () => {
  expect(checkInvestment({ ...typed, amount: '1.50', currency: 'JPY' }).amount).toBe('This currency has no decimals.')
  expect(checkInvestment({ ...typed, name: ' ', invested_on: '' })).toMatchObject({ name: 'Enter a name.', invested_on: 'Choose a date.' })
})

it('shows a refusal at the field of the form', () => {
  const refused = new Problem({
    status: 422,
    code: 'invalid_input',
    title: 'No',
    errors: [{ field: 'commitment', code: 'invalid', message: 'too little' }],
  })
  expect(() => refusedAtField(refused)).toThrow(
    expect.objectContaining({ errors: [{ field: 'amount', code: 'invalid', message: 'too little' }] }),
  )
})

it('starts with the user’s day, not London’s or the browser’s', () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-05T18:30:00Z') })
  setTimeZone('Asia/Tokyo')
  expect(freshInvestment('USD').invested_on).toBe('2026-01-06')
  expect(freshCashFlow().date).toBe('2026-01-06')
  setTimeZone(undefined)
  vi.useRealTimers()
})

const usd = (amount: string) => ({ amount, currency: 'USD' })
const figures: Figures = {
  committed: usd('1'),
  paid_in: usd('1'),
  distributed: usd('0'),
  unfunded: usd('0'),
  nav: null,
  dpi: '0.0000',
  rvpi: null,
  tvpi: null,
  reason: 'no_valuation',
}

const irr = (rate: string | null, rest: Partial<InternalRate> = {}): InternalRate => ({
  rate,
  annualized: true,
  from: '2023-01-01',
  to: '2024-06-30',
  other_rates: [],
  ...rest,
})

it('explains why figures are missing', () => {
  expect(missingWords(figures, irr(null, { reason: 'no_valuation' }))).toEqual(['No RVPI, TVPI or IRR: the holding has never been valued.'])
  expect(missingWords({ ...figures, rvpi: '1', tvpi: '1', reason: null }, irr(null, { reason: 'one_day' }))).toEqual([
    'No IRR: all cash flows are on the same day.',
  ])
  expect(missingWords({ ...figures, rvpi: '1', tvpi: '1', reason: null }, irr('0.1'))).toEqual([])
})

const valued = { ...figures, nav: usd('200000.00'), rvpi: '0.2', tvpi: '1.2', reason: null }
const held: CurrencyHoldings = {
  currency: 'USD',
  investments: 1,
  unvalued: 0,
  rolled_forward: 1,
  valued_on: '2023-12-31',
  figures: valued,
  irr: irr('0.129646'),
}

it('says what a rolled-forward value is made of', () => {
  expect(remarks(held)).toEqual([
    `Valued on ${formatDate('2023-12-31')}, rolled forward: the last valuation plus later contributions less later distributions.`,
    `IRR from ${formatDate('2023-01-01')} to ${formatDate('2024-06-30')}.`,
  ])
})

const part: ValuedPart = {
  nav: usd('100.00'),
  paid_in: usd('80.00'),
  distributed: usd('0.00'),
  rvpi: '1.2500',
  tvpi: '1.2500',
  unvalued_paid_in: usd('40.00'),
}

it('says how much of a total is not valued', () => {
  const whole = { ...held, investments: 3, unvalued: 1, rolled_forward: 0, figures, valued_part: part }
  expect(remarks(whole)[0]).toBe(
    '1 of 3 investments has never been valued (US$40.00 paid in). Value, RVPI, TVPI and IRR are those of the others.',
  )
  expect(missingWords(figures, held.irr, part)).toEqual([])
  const nothing = { ...whole, valued_part: { ...part, rvpi: null, tvpi: null } }
  expect(remarks(nothing)[0]).toBe('1 of 3 investments has never been valued (US$40.00 paid in).')
})

it('marks a rate that is not annualized, and names others', () => {
  const short = { ...held, rolled_forward: 0, irr: irr('0.1', { annualized: false, other_rates: ['-0.619'] }) }
  expect(remarks(short).slice(1)).toEqual([
    `IRR from ${formatDate('2023-01-01')} to ${formatDate('2024-06-30')}: less than a year, so not annualized.`,
    'The cash flows change direction more than once: -61.9% also solves for the IRR. The one shown is the rate at which more money back means a higher return.',
  ])
})

it('asks for the currency if none is likely', () => {
  expect(checkInvestment({ ...typed, currency: '' }).currency).toBe('Choose a currency.')
})
