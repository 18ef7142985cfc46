import type {
  Baseline,
  BaselineComparison,
  Milestone,
  NewRequirement,
  NewRequirementLink,
  Requirement,
  RequirementCard,
  RequirementChange,
  RequirementPatch,
  RequirementVersion,
} from '../src/api/types'
import { me, page, problem, type Answer } from './fake-api'
import { ORBIT, people } from './fake-products'

// The first product's requirements with versions, its baselines and milestones; fresh for each test.

const DAY_MS = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()
const day = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
export const requirementId = (n: number) => `0199f000-0000-7000-8000-00000000f${String(n).padStart(3, '0')}`
export const milestoneId = (n: number) => `0199f000-0000-7000-8000-0000000e0${String(n).padStart(3, '0')}`

type Request = { url: URL; body: unknown; match: RegExpMatchArray }

function milestone(n: number, name: string, days: number, done: number, total: number, more: Partial<Milestone> = {}): Milestone {
  return {
    id: milestoneId(n),
    version: 2,
    created_at: ago(90),
    updated_at: ago(3),
    product_id: ORBIT,
    name,
    description: null,
    due_on: day(days),
    status: 'open',
    progress: {
      tasks_total: total,
      tasks_done: done,
      requirements_total: total === 0 ? 0 : 6,
      requirements_done: Math.round((6 * done) / Math.max(1, total)),
      percent: total === 0 ? 0 : Math.round((100 * done) / total),
    },
    created_by: me.id,
    created_by_name: me.name,
    at_risk: false,
    at_risk_reason: null,
    ...more,
  }
}

export const milestones: Milestone[] = [
  milestone(1, 'Alpha in the field', -40, 18, 18, { status: 'reached' }),
  milestone(2, 'Beta with growers', 24, 9, 31, {
    at_risk: true,
    at_risk_reason: 'behind_schedule',
    description: 'Two hundred devices with twelve growers.',
  }),
  milestone(3, 'Certified for Europe', 110, 2, 14),
  milestone(4, 'Launch', 190, 0, 0),
]

function requirement(
  n: number,
  title: string,
  status: Requirement['status'],
  priority: Requirement['priority'],
  more: Partial<Requirement> = {},
): Requirement {
  return {
    id: requirementId(n),
    version: 1,
    content_version: 1,
    created_at: ago(80 - n),
    updated_at: ago(20 / n),
    product_id: ORBIT,
    number: n,
    reference: `ORB-R${n}`,
    title,
    description: null,
    priority,
    status,
    acceptance_criteria: [],
    parent_id: null,
    milestone_id: null,
    links: [],
    external_id: null,
    created_by: me.id,
    created_by_name: me.name,
    ...more,
  }
}

const target = ({ reference, title, status, content_version }: Requirement) => ({ reference, title, status, content_version })
const DESCRIPTION =
  'The probe measures **volumetric water content** in the upper 30 cm of soil.\n\n- in sand, loam and clay\n- from 0 to 60 %'

const first: Requirement[] = [
  requirement(1, 'Measure soil moisture', 'in_progress', 'critical', {
    version: 3,
    content_version: 3,
    description: DESCRIPTION,
    milestone_id: milestoneId(2),
    acceptance_criteria: ['Within 3 % of the reference in loam', 'A reading every 15 minutes', 'Works from −10 °C to 50 °C'],
  }),
  requirement(2, 'Send readings over LoRaWAN', 'open', 'high', { milestone_id: milestoneId(2) }),
  requirement(3, 'Calibrate for the kind of soil', 'draft', 'medium', { parent_id: requirementId(1) }),
  requirement(4, 'Keep readings for 14 days without a network', 'done', 'high', {
    parent_id: requirementId(2),
    milestone_id: milestoneId(1),
  }),
  requirement(5, 'Choose the kind of soil in the app, with a picture of each and a hint for those who do not know theirs', 'open', 'low', {
    parent_id: requirementId(3),
    external_id: 'JIRA-881',
  }),
  requirement(6, 'Run two years from one battery', 'open', 'critical', { milestone_id: milestoneId(3) }),
  requirement(7, 'Warn of theft by motion', 'rejected', 'low'),
]
const [moisture, radio] = first as [Requirement, Requirement]
export const requirements = first.map((one) =>
  one.number !== 6
    ? one
    : {
        ...one,
        links: [
          { requirement_id: moisture.id, kind: 'conflicts_with' as const, at_version: 2, suspect: true, target: target(moisture) },
          { requirement_id: radio.id, kind: 'depends_on' as const, at_version: 1, suspect: false, target: target(radio) },
          { requirement_id: requirementId(99), kind: 'relates_to' as const, at_version: 1, suspect: true, target: null },
        ],
      },
)

/** The changes in the versions of the first requirement. */
const CHANGES: RequirementChange[] = [
  { field: 'title', before: 'Measure moisture', after: 'Measure soil moisture' },
  { field: 'description', before: DESCRIPTION.replace('30 cm', '20 cm').replace('60 %', '50 %'), after: DESCRIPTION },
  { field: 'status', before: 'draft', after: 'in_progress' },
  {
    field: 'acceptance_criteria',
    before: ['Within 5 % of the reference', 'A reading every 15 minutes', 'Costs less than 20 €'],
    after: ['Within 3 % of the reference in loam', 'A reading every 15 minutes', 'Works from −10 °C to 50 °C'],
  },
  { field: 'milestone_id', before: null, after: milestoneId(2) },
  { field: 'links', before: [], after: [`depends_on: ${radio.id} at 1`] },
]

const baseline = (n: number, name: string, days: number, count: number, description?: string): Baseline => ({
  id: `0199f000-0000-7000-8000-00000000ba0${n}`,
  version: 1,
  created_at: ago(days),
  updated_at: ago(days),
  product_id: ORBIT,
  name,
  description: description ?? null,
  requirement_count: count,
  created_by: me.id,
  created_by_name: n % 2 ? me.name : people.lena.name,
})
export const baselines = [
  baseline(2, 'Agreed with the pilot growers', 12, 6, 'After the workshop of the three farms.'),
  baseline(1, 'First draft', 60, 4),
]
const gone = requirement(8, 'A display on the device', 'draft', 'low')
const difference = (): BaselineComparison => ({
  added_count: 1,
  changed_count: 1,
  deleted_count: 1,
  next_cursor: null,
  added: [card(first[6]!)],
  changed: [{ requirement: card(moisture), from_version: 1, to_version: 3, content_changed: true }],
  deleted: [card(gone)],
})
const SAME: BaselineComparison = {
  added_count: 0,
  changed_count: 0,
  deleted_count: 0,
  added: [],
  changed: [],
  deleted: [],
  next_cursor: null,
}

const TASKS = [
  { id: requirementId(801), reference: 'ORB-12', title: 'Draw the probe head', status: 'done', assignee_id: people.yuki.id },
  {
    id: requirementId(802),
    reference: 'ORB-19',
    title: 'Measure in three kinds of soil and compare with the oven method',
    status: 'in_progress',
    assignee_id: people.tomas.id,
  },
  { id: requirementId(803), reference: 'ORB-23', title: 'Order reference sensors', status: 'open', assignee_id: null },
]

const MISSING = problem(404, 'not_found', 'No such requirement')

function card({ acceptance_criteria: criteria, links, ...one }: Requirement): RequirementCard {
  return { ...one, criteria_count: criteria.length, link_count: links.length }
}

export function requirementStore(initial: readonly Requirement[] = requirements) {
  let stored: Requirement[] = [...initial]
  let kept: Baseline[] = [...baselines]
  const find = (wanted: string | undefined) => stored.find((one) => one.id === wanted)
  const linksOf = (links: readonly NewRequirementLink[]) =>
    links.map(({ requirement_id, kind, at_version }) => {
      const other = find(requirement_id)
      return {
        requirement_id,
        kind,
        at_version: at_version ?? other?.content_version ?? 1,
        suspect: !other || (at_version ?? other.content_version) < other.content_version,
        target: other ? target(other) : null,
      }
    })
  const change = ({ match }: Request, { links, ...changes }: Partial<RequirementPatch>): Answer => {
    const before = find(match[2])
    if (!before) return MISSING
    const after = {
      ...before,
      ...changes,
      ...(links ? { links: linksOf(links) } : {}),
      version: before.version + 1,
      updated_at: new Date().toISOString(),
    } as Requirement
    stored = stored.map((one) => (one.id === after.id ? after : one))
    return { body: after }
  }
  const all = '/api/products/([^/]+)/requirements'
  const one = `${all}/([^/]+)`
  const kepts = '/api/products/([^/]+)/baselines'
  return {
    'GET /api/products/([^/]+)/milestones': () => page(milestones),
    'GET /api/products/([^/]+)/tasks': () => page(TASKS),
    [`GET ${all}`]: ({ url: { searchParams: query } }: Request) => {
      const wanted = (name: string, value: string | null | undefined) => !query.has(name) || query.get(name) === (value ?? 'none')
      const text = query.get('text')?.toLowerCase() ?? ''
      return page(
        stored
          .filter(
            (r) =>
              wanted('status', r.status) &&
              wanted('priority', r.priority) &&
              wanted('milestone_id', r.milestone_id) &&
              `${r.reference} ${r.title} ${r.external_id ?? ''}`.toLowerCase().includes(text),
          )
          .map(card),
      )
    },
    [`POST ${all}`]: ({ body }: Request): Answer => {
      const { links = [], ...sent } = body as NewRequirement
      if (sent.external_id === 'JIRA-881')
        return problem(409, 'external_id_taken', 'Conflict', {
          detail: 'Another requirement of this product already uses this external ID.',
        })
      const made = { ...requirement(stored.length + 1, sent.title, 'draft', 'medium'), ...sent, links: linksOf(links) } as Requirement
      stored = [...stored, made]
      return { status: 201, body: made }
    },
    [`GET ${one}`]: ({ match }: Request): Answer => {
      const found = find(match[2])
      return found ? { body: found } : MISSING
    },
    [`PATCH ${one}`]: (request: Request) => change(request, request.body as RequirementPatch),
    [`DELETE ${one}`]: ({ match }: Request): Answer => {
      if (stored.some(({ parent_id: parent }) => parent === match[2]))
        return problem(409, 'requirement_has_children', 'Conflict', { detail: 'Move or delete the requirements below this one first.' })
      stored = stored.filter((other) => other.id !== match[2])
      return { status: 204 }
    },
    [`GET ${one}/versions`]: ({ match }: Request) => {
      const version = find(match[2])?.version ?? 1
      const versions = Array.from({ length: version }, (_, n): RequirementVersion => ({
        version: version - n,
        at: ago(n * 9),
        by: me.id,
        by_name: n % 2 ? people.lena.name : me.name,
        changed: [['status'], ['title', 'description', 'acceptance_criteria'], ['milestone_id', 'links']][(version - n) % 3]!,
      }))
      return page(versions)
    },
    [`GET ${one}/compare`]: ({ url: { searchParams: query } }: Request): Answer => ({
      body: { from: Number(query.get('from')), to: Number(query.get('to')), changes: query.get('from') === query.get('to') ? [] : CHANGES },
    }),
    [`POST ${one}/restore`]: (request: Request) =>
      change(
        request,
        (request.body as { version: number }).version === 1 ? { title: 'Measure moisture' } : { title: 'Measure soil moisture' },
      ),
    [`GET ${kepts}`]: () => page(kept),
    [`POST ${kepts}`]: ({ body }: Request): Answer => {
      const made = { ...baseline(3, '', 0, stored.length), ...(body as object) }
      kept = [made, ...kept]
      return { status: 201, body: made }
    },
    [`GET ${kepts}/([^/]+)`]: ({ match }: Request): Answer => {
      const found = kept.find(({ id }) => id === match[2])
      return found ? { body: found } : MISSING
    },
    [`DELETE ${kepts}/([^/]+)`]: ({ match }: Request): Answer => {
      kept = kept.filter(({ id }) => id !== match[2])
      return { status: 204 }
    },
    [`GET ${kepts}/([^/]+)/compare`]: ({ url }: Request): Answer => ({
      body: url.searchParams.get('with') === 'now' ? difference() : SAME,
    }),
  }
}
