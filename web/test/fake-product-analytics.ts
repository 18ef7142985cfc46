import type {
  AgingTask,
  BurnUp,
  Durations,
  FlowPoint,
  MemberFigures,
  ProductCycle,
  ProductFlow,
  ProductTeam,
  TaskStatus,
} from '../src/api/types'
import { me } from './fake-api'
import { ORBIT, people } from './fake-products'

// Consistent product analytics for the requested days.

const DAY_MS = 86_400_000
const dayText = (at: number) => new Date(at).toISOString().slice(0, 10)
const dayOf = (text: string | null, other: number) => (text ? Date.parse(`${text}T00:00:00Z`) : other)
type Request = { url: URL }

function periodOf({ url: { searchParams: query } }: Request) {
  const to = dayOf(query.get('to'), Date.now())
  const from = dayOf(query.get('from'), to - 89 * DAY_MS)
  const interval = (query.get('interval') ?? 'week') as ProductFlow['interval']
  const days = { day: 1, week: 7, month: 30 }[interval]
  const ends: [string, string][] = []
  for (let start = from; start <= to; start += days * DAY_MS)
    ends.push([dayText(start), dayText(Math.min(start + (days - 1) * DAY_MS, to))])
  return { from: dayText(from), to: dayText(to), interval, member_id: query.get('member_id'), ends }
}

const wave = (n: number, by: number) => Math.round(Math.abs(Math.sin(n * 1.7 + by)) * by)

export function flowOf(request: Request): ProductFlow {
  const { ends, ...period } = periodOf(request)
  const share = period.member_id ? 0.3 : 1
  let done = Math.round(40 * share)
  const points = ends.map(([start, end], n): FlowPoint => {
    const finished = Math.round((4 + wave(n, 5)) * share)
    done += finished
    return {
      start,
      end,
      created: Math.round((6 + wave(n + 2, 4)) * share),
      finished,
      hours: (finished * 5.25).toFixed(2),
      done,
      in_review: Math.round((3 + wave(n, 4)) * share),
      blocked: Math.round((1 + wave(n, 3)) * share),
      in_progress: Math.round((8 + wave(n + 1, 5)) * share),
      open: Math.round((30 + n * 2 - wave(n, 6)) * share),
      requirements: 24 + Math.floor(n / 2),
      requirements_done: Math.min(24, 4 + Math.floor(n * 1.2)),
    }
  })
  const sum = (of: (point: FlowPoint) => number) => points.reduce((all, point) => all + of(point), 0)
  const milestone = (n: number, name: string, due_on: string, scope: number): BurnUp => ({
    milestone_id: `0199f000-0000-7000-8000-0000000fe00${n}`,
    name,
    due_on,
    points: points.map(({ end }, at) => ({
      end,
      scope: scope + Math.floor(at / 3),
      done: Math.min(scope, Math.floor((at * scope) / (points.length + 2 * n))),
    })),
  })
  return {
    ...period,
    points,
    created: sum(({ created }) => created),
    finished: sum(({ finished }) => finished),
    hours: (sum(({ finished }) => finished) * 5.25).toFixed(2),
    milestones: [milestone(1, 'Beta in two hundred fields', '2027-02-01', 38), milestone(2, 'Launch', '2027-06-01', 64)],
  }
}

const EDGES = [0, 240, 1440, 2880, 4320, 7200, 10_080, 14_400, 20_160, 30_240, 43_200, 86_400]
function durations(counts: number[], mean: number, median: number, max: number): Durations {
  return {
    count: counts.reduce((all, one) => all + one, 0),
    mean_minutes: mean,
    median_minutes: median,
    max_minutes: max,
    distribution: EDGES.map((from, n) => ({ from_minutes: from, to_minutes: EDGES[n + 1] ?? null, count: counts[n] ?? 0 })),
  }
}

function aging(n: number, title: string, status: TaskStatus, days: number, assignee: string | null): AgingTask {
  return {
    id: `0199f000-0000-7000-8000-0000000aa0${String(n).padStart(2, '0')}`,
    reference: `ORB-${n * 7}`,
    title,
    status,
    status_since: new Date(Date.now() - days * DAY_MS).toISOString(),
    assignee_id: assignee,
    priority: 'high',
    days,
  }
}

const OLD = [
  aging(1, 'Radio range test behind the greenhouse', 'blocked', 41, people.tomas.id),
  aging(2, 'Order the second batch of housings', 'open', 33, null),
  aging(3, 'Calibrate the probes with the new reference soil and write down how it was done', 'in_progress', 22, people.yuki.id),
  aging(4, 'Review of the mounting drawing', 'in_review', 17, me.id),
]

export function cycleOf(request: Request): ProductCycle {
  const { from, to, member_id: member } = periodOf(request)
  return {
    from,
    to,
    member_id: member,
    lead_time: durations([2, 5, 9, 12, 21, 17, 11, 8, 6, 3, 2, 1], 8590, 6480, 92_160),
    cycle_time: durations([14, 22, 19, 13, 11, 8, 5, 3, 1, 1, 0, 0], 4020, 2580, 37_440),
    aging: [
      { status: 'open', count: 46, mean_days: 9.4, median_days: 7, max_days: 33, alerts: 1 },
      { status: 'in_progress', count: 11, mean_days: 6.1, median_days: 4.5, max_days: 22, alerts: 1 },
      { status: 'blocked', count: 3, mean_days: 16.7, median_days: 6, max_days: 41, alerts: 1 },
      { status: 'in_review', count: 4, mean_days: 6.3, median_days: 3.5, max_days: 17, alerts: 1 },
    ],
    oldest: OLD,
    alerts: { after_days: 14, count: 4, tasks: OLD },
  }
}

export function teamOf(request: Request): ProductTeam {
  const { ends, ...period } = periodOf(request)
  const figures = (
    user_id: string,
    name: string,
    finished: number,
    hours: string,
    open: number,
    overdue: number,
    estimate: string,
    in_team = true,
  ): MemberFigures => ({
    user_id,
    name,
    in_team,
    finished,
    hours,
    open_tasks: open,
    overdue_tasks: overdue,
    estimate_hours: estimate,
    points: ends.map(([start]) => ({ start, finished: 0, hours: '0' })),
  })
  const members = [
    figures(people.tomas.id, people.tomas.name, 34, '182.5', 11, 3, '64'),
    figures(people.yuki.id, people.yuki.name, 27, '121.25', 7, 0, '38.25'),
    figures(me.id, me.name, 12, '40', 3, 0, '12'),
    figures(people.priya.id, people.priya.name, 4, '9', 1, 1, '2', false),
    figures(people.lena.id, people.lena.name, 0, '0', 4, 1, '18.5'),
  ]
  return { ...period, members: members.filter(({ user_id: id }) => !period.member_id || id === period.member_id) }
}

export const ANALYTICS = `/products/${ORBIT}/analytics`

export function productFigures() {
  return {
    'GET /api/products/[^/]+/analytics/flow': (request: Request) => ({ body: flowOf(request) }),
    'GET /api/products/[^/]+/analytics/cycle': (request: Request) => ({ body: cycleOf(request) }),
    'GET /api/products/[^/]+/analytics/team': (request: Request) => ({ body: teamOf(request) }),
  }
}
