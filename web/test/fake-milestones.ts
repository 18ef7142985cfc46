import type { Milestone, MilestonePatch, NewMilestone, Product, RoadmapStrand } from '../src/api/types'
import { page, problem, type Answer } from './fake-api'
import { productCard, products } from './fake-products'
import { milestoneId, milestones } from './fake-requirements'

// Milestones that can be created, changed and deleted, and the roadmap of several products.

type Request = { url: URL; body: unknown; match: RegExpMatchArray }
const MISSING = problem(404, 'not_found', 'No such milestone')
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

function elsewhere(n: number, product: number, name: string, days: number, percent: number, more: Partial<Milestone> = {}): Milestone {
  return {
    ...milestones[3]!,
    id: milestoneId(100 + n),
    product_id: products[product]!.id,
    name,
    due_on: day(days),
    progress: { tasks_total: 20, tasks_done: percent / 5, requirements_total: 0, requirements_done: 0, percent },
    ...more,
  }
}
const OTHERS = [
  elsewhere(1, 1, 'Prototype on tablets', -12, 60, { at_risk: true, at_risk_reason: 'past_due' }),
  elsewhere(2, 1, 'Pilot with three partners', 60, 20),
  elsewhere(3, 1, 'Offline mode', 74, 5),
  elsewhere(4, 2, 'Second radio certified', 150, 35),
  elsewhere(5, 2, 'Series production', 290, 0),
]

export function milestoneStore(initial: readonly Milestone[] = milestones) {
  let stored: Milestone[] = [...initial]
  const one = '/api/products/([^/]+)/milestones/([^/]+)'
  const strand = (product: Product): RoadmapStrand => ({
    product: productCard(product),
    milestones: [...stored, ...OTHERS].filter((one) => one.product_id === product.id).sort((a, b) => a.due_on.localeCompare(b.due_on)),
    more: false,
  })
  return {
    'GET /api/roadmap': () => page(products.filter(({ status }) => status !== 'archived').map(strand)),
    'GET /api/products/([^/]+)/milestones': () => page(stored),
    'POST /api/products/([^/]+)/milestones': ({ body }: Request): Answer => {
      const made: Milestone = {
        ...milestones[3]!,
        ...(body as Omit<NewMilestone, 'status'>),
        id: milestoneId(50 + stored.length),
        version: 1,
      }
      stored = [...stored, made]
      return { status: 201, body: made }
    },
    [`GET ${one}`]: ({ match }: Request): Answer => {
      const found = stored.find(({ id }) => id === match[2])
      return found ? { body: found } : MISSING
    },
    [`PATCH ${one}`]: ({ match, body }: Request): Answer => {
      const before = stored.find(({ id }) => id === match[2])
      if (!before) return MISSING
      const patch = body as MilestonePatch
      const after = { ...before, ...patch, version: before.version + 1, at_risk: patch.status === 'reached' ? false : before.at_risk }
      stored = stored.map((other) => (other === before ? after : other))
      return { body: after }
    },
    [`DELETE ${one}`]: ({ match }: Request): Answer => {
      stored = stored.filter(({ id }) => id !== match[2])
      return { status: 204 }
    },
  }
}
