import type { NewProduct, Product, ProductCard, ProductDeletion, ProductMember, TeamRole, UserCard } from '../src/api/types'
import { me, page, problem, type Answer } from './fake-api'

// Products with teams that can be created, changed, archived and deleted; fresh for each test.

const HOUR_MS = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString()
const id = (n: number) => `0199f000-0000-7000-8000-00000000e${String(n).padStart(3, '0')}`

type Request = { url: URL; body: unknown; match: RegExpMatchArray }

const person = (n: number, name: string, username: string, roles: UserCard['roles']): UserCard => ({
  id: id(900 + n),
  name,
  username,
  roles,
  status: 'active',
  second_factor: false,
})
export const people = {
  lena: person(1, 'Lena Hartmann', 'lena', ['manager']),
  tomas: person(2, 'Tomás Rivera', 'tomas', ['team_member']),
  yuki: person(3, 'Yuki Tanaka', 'yuki', ['team_member']),
  priya: person(4, 'Priya Raman', 'priya', ['team_member']),
  otto: person(5, 'Otto Lindqvist', 'otto', ['manager']),
}
const USERS: UserCard[] = [
  { id: me.id, name: me.name, username: me.username, roles: me.roles, status: me.status, second_factor: me.second_factor },
  ...Object.values(people),
]
const LOAD: Record<string, [number, number, string]> = {
  [me.id]: [3, 0, '12.00'],
  [people.lena.id]: [4, 1, '18.50'],
  [people.tomas.id]: [11, 3, '64.00'],
  [people.yuki.id]: [7, 0, '38.25'],
  [people.priya.id]: [1, 0, '0.00'],
}

const DESCRIPTION = `Orbit is a **field sensor** that measures soil moisture and reports over LoRaWAN.

## Who it is for

- Growers with more than 20 hectares
- Service partners who install and maintain

## Not in the first release

1. Irrigation control
2. A consumer app

| Release | Date | What |
|---|---|---|
| Alpha | March | ten devices in the field |
| Beta | June | two hundred |

See the [research notes](https://example.com/notes).`

function product(n: number, key: string, name: string, status: Product['status'], hours: number, more: Partial<Product> = {}): Product {
  return {
    id: id(n),
    version: 3,
    created_at: ago(4000),
    updated_at: ago(hours),
    key,
    name,
    description: null,
    status,
    owner_id: me.id,
    members: [],
    wip_limits: { open: null, in_progress: 4, blocked: null, in_review: 3 },
    aging_alert_days: 14,
    created_by: me.id,
    deleted_at: null,
    ...more,
  }
}

const team = (...members: [UserCard, TeamRole][]) => members.map(([user, role]) => ({ user_id: user.id, role }))
export const products: Product[] = [
  product(1, 'ORB', 'Orbit soil sensor', 'active', 2, {
    description: DESCRIPTION,
    members: team([people.tomas, 'engineer'], [people.yuki, 'designer'], [people.lena, 'lead']),
  }),
  product(2, 'FSA', 'Field service app', 'planning', 30, { owner_id: people.lena.id, members: team([people.priya, 'researcher']) }),
  product(3, 'HUB', 'Harbour gateway for greenhouses, second generation with a backup radio', 'launched', 400, {
    owner_id: people.otto.id,
    members: team(
      [people.tomas, 'tester'],
      [people.priya, 'marketing'],
      [people.yuki, 'designer'],
      [people.lena, 'stakeholder'],
      [USERS[0]!, 'lead'],
    ),
  }),
  product(4, 'WX', 'Weather mast', 'on_hold', 900, { owner_id: people.lena.id }),
  product(5, 'OLD', 'Orbit prototype', 'archived', 2000),
]
export const ORBIT = id(1)
export const TAKEN_KEY = 'HUB'

export const productPermissions = [
  'product_read',
  'product_create',
  'product_update',
  'product_delete',
  'product_assign',
  'product_history_read',
  'product_analytics_read',
  'product_import',
  'product_export',
  'product_report',
  'requirement_write',
  'asset_write',
  'task_write',
  'task_progress',
  'comment_write',
  'milestone_write',
  'rule_write',
]
const managerPermissions = productPermissions.filter((one) => one !== 'product_assign')

/** Overrides that sign in another user. */
export function signedIn(
  user: UserCard,
  permissions = user.roles.includes('manager')
    ? ['user_list', ...managerPermissions]
    : ['product_read', 'product_history_read', 'product_analytics_read', 'task_progress', 'comment_write'],
) {
  const self = { ...me, id: user.id, name: user.name, username: user.username, roles: user.roles, permissions }
  return {
    'GET /api/me': () => ({ body: self }),
    'POST /api/auth/refresh': () => ({ body: { access_token: 'fake', token_type: 'Bearer', expires_in: 900, user: self } }),
    ...(user.roles.includes('manager')
      ? {}
      : { 'GET /api/users': () => problem(403, 'forbidden', 'You don’t have permission to do this') }),
  }
}

export function productCard({
  id: productId,
  version,
  updated_at,
  key,
  name,
  status,
  owner_id,
  members,
  deleted_at,
}: Product): ProductCard {
  return { id: productId, version, updated_at, key, name, status, owner_id, member_ids: members.map((one) => one.user_id), deleted_at }
}

function membersOf({ owner_id: owner, members }: Product): ProductMember[] {
  const all = [{ user_id: owner, role: null }, ...members]
  return all.map(({ user_id, role }) => {
    const user = USERS.find((one) => one.id === user_id)!
    const [open_tasks, overdue_tasks, estimate_hours] = LOAD[user_id] ?? [0, 0, '0.00']
    return {
      user_id,
      name: user.name,
      username: user.username,
      role,
      is_owner: user_id === owner,
      active: true,
      open_tasks,
      overdue_tasks,
      estimate_hours,
    }
  })
}

const MISSING = problem(404, 'not_found', 'No such product')

/** Handlers over their own store. A deleted product is gone after its deletion has been read three times. */
export function productStore(initial: readonly Product[] = products) {
  let stored: Product[] = [...initial]
  let removed = 0
  const change = ({ match }: Request, changes: (before: Product) => Partial<Product>): Answer => {
    const before = stored.find((one) => one.id === match[1])
    if (!before) return MISSING
    const after = { ...before, ...changes(before), version: before.version + 1, updated_at: new Date().toISOString() }
    stored = stored.map((one) => (one.id === after.id ? after : one))
    return { body: after }
  }
  const others = (product: Product, userId: string | undefined) => product.members.filter((one) => one.user_id !== userId)
  return {
    'GET /api/users': () => page(USERS),
    'GET /api/products': ({ url: { searchParams: query } }: Request) => {
      const [status, owner] = [query.get('status'), query.get('owner_id')]
      const fits = (one: Product) => (status ? one.status === status : one.status !== 'archived') && (!owner || one.owner_id === owner)
      return page(
        stored
          .filter(fits)
          .sort((a, b) => a.name.localeCompare(b.name))
          .map(productCard),
      )
    },
    'POST /api/products': ({ body }: Request): Answer => {
      const { wip_limits: limits, ...sent } = body as NewProduct
      if (sent.key === TAKEN_KEY) return problem(409, 'product_key_taken', 'Conflict', { detail: 'Another product already uses this key.' })
      const made = {
        ...product(100 + stored.length, sent.key, sent.name, sent.status ?? 'planning', 0, {
          version: 1,
          created_at: ago(0),
          description: sent.description,
          wip_limits: limits ?? {},
        }),
        owner_id: sent.owner_id ?? me.id,
      }
      stored = [...stored, made]
      return { status: 201, body: made }
    },
    'GET /api/products/([^/]+)': ({ match }: Request): Answer => {
      const found = stored.find((one) => one.id === match[1])
      return found ? { body: found } : MISSING
    },
    'GET /api/products/([^/]+)/deletion': ({ match }: Request): Answer => {
      const found = stored.find((one) => one.id === match[1])
      if (!found?.deleted_at) return MISSING
      removed += 4210
      const done = removed > 12_000
      if (done) stored = stored.filter((one) => one !== found)
      const deletion: ProductDeletion = {
        product_id: found.id,
        status: done ? 'done' : 'running',
        removed,
        started_at: found.deleted_at,
        started_by: me.id,
        started_by_name: me.name,
        finished_at: done ? ago(0) : null,
      }
      return { body: deletion }
    },
    'PATCH /api/products/([^/]+)': (request: Request) => change(request, () => request.body as Partial<Product>),
    'DELETE /api/products/([^/]+)': (request: Request) => ({
      ...change(request, () => ({ deleted_at: new Date().toISOString() })),
      status: 202,
    }),
    'GET /api/products/([^/]+)/members': ({ match }: Request): Answer => {
      const found = stored.find((one) => one.id === match[1])
      return found ? { body: { items: membersOf(found) } } : MISSING
    },
    'PUT /api/products/([^/]+)/members/([^/]+)': (request: Request) =>
      change(request, (before) => ({
        members: [...others(before, request.match[2]), { user_id: request.match[2]!, role: (request.body as { role: TeamRole }).role }],
      })),
    'DELETE /api/products/([^/]+)/members/([^/]+)': (request: Request) =>
      change(request, (before) => ({ members: others(before, request.match[2]) })),
  }
}
