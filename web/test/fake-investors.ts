import type { Investor, InvestorCard, NewInvestor, NewMerge, UserCard } from '../src/api/types'
import { investors, me, page, problem, type Answer } from './fake-api'

// Investors that can be listed, filtered, created, changed, deleted and restored; fresh for each test.

const MANAGER: UserCard = {
  id: '0199f000-0000-7000-8000-000000000002',
  name: 'Jonas Weber',
  username: 'jonas',
  roles: ['relationship_manager'],
  status: 'active',
  second_factor: false,
}
const ANALYST: UserCard = {
  id: '0199f000-0000-7000-8000-000000000003',
  name: 'Mira Tan',
  username: 'mira',
  roles: ['analyst'],
  status: 'active',
  second_factor: false,
}
const TAKEN_KEY = 'CRM-1'

type Request = { url: URL; body: unknown; match: RegExpMatchArray }

function card({
  id,
  version,
  name,
  kind,
  country,
  tier,
  status,
  relationship_manager_id,
  tags,
  external_key,
  updated_at,
  deleted_at,
}: Investor): InvestorCard {
  return { id, version, name, kind, country, tier, status, relationship_manager_id, tags, external_key, updated_at, deleted_at }
}

function fits(investor: Investor, query: URLSearchParams): boolean {
  const wanted = (name: string, value: string | null | undefined) => !query.has(name) || query.get(name) === value
  return (
    (query.get('deleted') === 'true') === Boolean(investor.deleted_at) &&
    wanted('tier', investor.tier) &&
    wanted('status', investor.status) &&
    wanted('relationship_manager_id', investor.relationship_manager_id) &&
    (!query.has('tag') || investor.tags.includes(query.get('tag') ?? ''))
  )
}

const MISSING = problem(404, 'not_found', 'No such investor')

/** Handlers over their own store; pages are split as by the API. */
export function investorStore(initial: readonly Investor[] = investors) {
  let stored: Investor[] = initial.map((one, n) => ({ ...one, relationship_manager_id: n % 3 === 0 ? MANAGER.id : me.id }))
  const change = ({ match }: Request, changes: Partial<Investor>): Answer => {
    const before = stored.find((one) => one.id === match[1])
    if (!before) return MISSING
    const after = { ...before, ...changes, version: before.version + 1, updated_at: new Date().toISOString() }
    stored = stored.map((one) => (one.id === after.id ? after : one))
    return { body: after }
  }
  const list = ({ url }: Request): Answer => {
    const query = url.searchParams
    const all = stored.filter((one) => fits(one, query)).sort((a, b) => a.name.localeCompare(b.name))
    const from = Number(query.get('cursor') ?? 0)
    const until = from + Number(query.get('limit') ?? 25)
    return page(all.slice(from, until).map(card), { next_cursor: until < all.length ? String(until) : null })
  }
  const create = ({ body }: Request): Answer => {
    const sent = body as NewInvestor
    if (sent.external_key === TAKEN_KEY) {
      return problem(409, 'external_key_taken', 'Conflict', {
        detail: 'Another investor, possibly a deleted one, already has this external key.',
      })
    }
    if (sent.phone === 'x') {
      return problem(422, 'invalid_input', 'Unprocessable Entity', {
        errors: [{ field: 'phone', code: 'invalid', message: 'must be a phone number' }],
      })
    }
    const at = new Date().toISOString()
    const made: Investor = {
      tags: [],
      absorbed_ids: [],
      ...sent,
      tier: sent.tier ?? 'prospect',
      status: sent.status ?? 'active',
      id: `0199f000-0000-7000-8000-${String(stored.length + 900).padStart(12, '0')}`,
      version: 1,
      created_at: at,
      updated_at: at,
      created_by: me.id,
    }
    stored = [...stored, made]
    return { status: 201, body: made }
  }
  // A good enough approximation: the first word matches.
  const alike = (name: string) => {
    const first = (text: string) => text.toLowerCase().split(' ')[0]
    return stored
      .filter((one) => first(one.name) === first(name) && first(name) === 'twin')
      .map((one) => ({ investor: card(one), reasons: ['same_name', 'phone'] }))
  }
  return {
    'GET /api/users': () =>
      page([{ id: me.id, name: me.name, username: me.username, roles: me.roles, status: me.status }, MANAGER, ANALYST]),
    'GET /api/investors': list,
    'POST /api/investors': create,
    'GET /api/investors/([^/]+)': ({ match }: Request) => {
      const found = stored.find((one) => one.id === match[1])
      return found ? { body: found } : MISSING
    },
    'PATCH /api/investors/([^/]+)': (request: Request) => change(request, request.body as Partial<Investor>),
    'DELETE /api/investors/([^/]+)': (request: Request) => {
      const { status } = change(request, { deleted_at: new Date().toISOString() })
      return status ? MISSING : { status: 204 }
    },
    'POST /api/investors/([^/]+)/restore': (request: Request) => change(request, { deleted_at: null }),
    'POST /api/investors/duplicates': ({ body }: Request) => ({ body: { items: alike((body as { name: string }).name) } }),
    'GET /api/investors/([^/]+)/duplicates': ({ match }: Request) => {
      const self = stored.find((one) => one.id === match[1])
      return { body: { items: self ? alike(self.name).filter(({ investor }) => investor.id !== self.id) : [] } }
    },
    'GET /api/investors/([^/]+)/merges': () => page([]),
    'POST /api/investors/([^/]+)/merges': (request: Request) => {
      const { absorbed_id: gone, changes } = request.body as NewMerge
      const merged = change(request, { ...(changes as Partial<Investor>), absorbed_ids: [gone] })
      stored = stored.filter((one) => one.id !== gone)
      return merged
    },
    'GET /api/investors/([^/]+)/timeline': () => page([]),
    'GET /api/investors/([^/]+)/activities': () => page([]),
  }
}
