import type { CashFlow, CashFlowKind, Figures, Holdings, Investment } from '../src/api/types'
import { investors, me, page, problem, type Answer } from './fake-api'

// One investor's investments, cash flows and holdings; writes are stored, figures are fixed.

type Request = { url: URL; body: unknown; match: RegExpMatchArray }
const id = (n: number) => `0199f000-0000-7000-8000-00000000e${String(n).padStart(3, '0')}`
const at = '2026-11-01T10:00:00.000Z'
const made = {
  version: 1,
  created_at: at,
  updated_at: at,
  investor_id: investors[0]?.id ?? '',
  created_by: me.id,
  created_by_name: me.name,
}
const of = (currency: string) => (amount: string) => ({ amount, currency })
const [usd, eur, jpy] = [of('USD'), of('EUR'), of('JPY')]

const figures: Figures = {
  committed: usd('5000000.00'),
  paid_in: usd('3250000.00'),
  distributed: usd('1410000.55'),
  unfunded: usd('1750000.00'),
  nav: usd('2985400.00'),
  dpi: '0.4338',
  rvpi: '0.9186',
  tvpi: '1.3524',
}
const unpaid: Figures = {
  committed: eur('750000.00'),
  paid_in: eur('0.00'),
  distributed: eur('0.00'),
  unfunded: eur('750000.00'),
  nav: null,
  dpi: null,
  rvpi: null,
  tvpi: null,
  reason: 'nothing_paid_in',
}

export const someInvestments = (): Investment[] => [
  {
    ...made,
    id: id(1),
    kind: 'fund_commitment',
    name: 'Growth Fund II',
    commitment: usd('5000000.00'),
    invested_on: '2024-01-10',
    status: 'active',
    figures,
    cash_flows: 9,
    valued_on: '2026-09-30',
    rolled_forward: false,
    notes: 'Management fee of 2% on commitments until January 2029.',
  },
  {
    ...made,
    id: id(2),
    kind: 'equity',
    name: 'Helio Robotics',
    round: 'Series B',
    commitment: usd('900719925474099.31'),
    invested_on: '2025-06-02',
    status: 'exited',
    figures,
    rolled_forward: false,
    cash_flows: 0,
  },
  {
    ...made,
    id: id(3),
    kind: 'note',
    name: 'Bridge to the Series C of a company with quite a long name',
    round: 'Bridge',
    commitment: eur('750000.00'),
    invested_on: '2026-02-11',
    status: 'committed',
    figures: unpaid,
    rolled_forward: false,
    cash_flows: 0,
  },
  {
    ...made,
    id: id(4),
    kind: 'debt',
    name: 'Kyoto Logistics',
    commitment: jpy('120000000'),
    invested_on: '2023-03-30',
    status: 'written_off',
    figures: { ...unpaid, committed: jpy('120000000'), paid_in: jpy('0'), distributed: jpy('0'), unfunded: jpy('0') },
    rolled_forward: false,
    cash_flows: 0,
  },
]

const FLOWS: [string, CashFlowKind, string][] = [
  ['2024-02-01', 'contribution', '1250000.00'],
  ['2024-06-15', 'contribution', '1000000.00'],
  ['2024-12-31', 'valuation', '2310000.00'],
  ['2025-03-01', 'contribution', '1000000.00'],
  ['2025-06-30', 'valuation', '3620000.00'],
  ['2025-09-10', 'distribution', '660000.55'],
  ['2025-12-31', 'valuation', '3180000.00'],
  ['2026-05-20', 'distribution', '750000.00'],
  ['2026-09-30', 'valuation', '2985400.00'],
]
export const someFlows = (): CashFlow[] =>
  FLOWS.map(([date, kind, amount], n) => ({
    ...made,
    id: id(100 + n),
    investment_id: id(1),
    kind,
    date,
    amount: usd(amount),
    notes: n === 1 ? 'Second call, with the fee for half a year' : null,
  })).reverse()

const holdings: Holdings = {
  currencies: [
    {
      currency: 'EUR',
      investments: 1,
      unvalued: 0,
      rolled_forward: 0,
      figures: unpaid,
      irr: { rate: null, annualized: false, other_rates: [], reason: 'nothing_paid_in' },
    },
    {
      currency: 'USD',
      investments: 2,
      unvalued: 0,
      rolled_forward: 0,
      valued_on: '2026-09-30',
      figures,
      irr: { rate: '0.187412', annualized: true, from: '2024-02-01', to: '2026-09-30', other_rates: [] },
    },
  ],
}

const MISSING = problem(404, 'not_found', 'No such investment')

export function moneyStore(initial: Investment[] = someInvestments(), held: Holdings = holdings) {
  let stored = initial
  let flows = initial.length > 0 ? someFlows() : []
  const list = '/api/investors/([^/]+)/investments'
  return {
    'GET /api/investors/([^/]+)/holdings': () => ({ body: held }),
    [`GET ${list}`]: () => page(stored),
    [`POST ${list}`]: ({ body }: Request): Answer => {
      const fresh = { ...made, ...(body as Investment), id: id(stored.length + 10), figures: unpaid, cash_flows: 0 }
      stored = [fresh, ...stored]
      return { status: 201, body: fresh }
    },
    [`GET ${list}/([^/]+)`]: ({ match }: Request): Answer => {
      const found = stored.find((one) => one.id === match[2])
      return found ? { body: found } : MISSING
    },
    [`PATCH ${list}/([^/]+)`]: ({ match, body }: Request): Answer => {
      stored = stored.map((one) => (one.id === match[2] ? { ...one, ...(body as object), version: one.version + 1 } : one))
      return { body: stored.find((one) => one.id === match[2]) }
    },
    [`DELETE ${list}/([^/]+)`]: ({ match }: Request): Answer => {
      stored = stored.filter((one) => one.id !== match[2])
      return { status: 204 }
    },
    [`GET ${list}/([^/]+)/cash_flows`]: ({ match }: Request) => page(flows.filter((one) => one.investment_id === match[2])),
    [`POST ${list}/([^/]+)/cash_flows`]: ({ match, body }: Request): Answer => {
      const fresh: CashFlow = { ...made, ...(body as CashFlow), id: id(200 + flows.length), investment_id: match[2] ?? '' }
      flows = [fresh, ...flows]
      return { status: 201, body: fresh }
    },
    [`DELETE ${list}/([^/]+)/cash_flows/([^/]+)`]: ({ match }: Request): Answer => {
      flows = flows.filter((one) => one.id !== match[3])
      return { status: 204 }
    },
  }
}
