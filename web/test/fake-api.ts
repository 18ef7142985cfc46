import type { Page, Route, WebSocketRoute } from '@playwright/test'
import openapi from '../openapi.json' with { type: 'json' }
import type { Investor, Me, Notification, Preferences, Session } from '../src/api/types'

// Answers the API inside the test browser, so that pages can be tested without a server.

const HOUR_MS = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString()
const id = (n: number) => `0199f000-0000-7000-8000-${String(n).padStart(12, '0')}`

export const me: Me = {
  id: id(1),
  version: 3,
  created_at: ago(2000),
  updated_at: ago(40),
  username: 'ada',
  name: 'Ada Okafor',
  email: 'ada@steward.example',
  pending_email: null,
  roles: ['admin'],
  status: 'active',
  invited_at: null,
  second_factor: false,
  time_zone: 'Europe/Berlin',
  permissions: [
    'user_list',
    'user_read',
    'user_create',
    'user_update',
    'security_update',
    'investor_read',
    'investor_create',
    'investor_update',
    'investor_delete',
    'investor_merge',
    'investor_assign',
    'investor_export',
    'investor_report',
    'document_export',
    'user_export',
    'audit_export',
    'activity_write',
    'investment_write',
    'document_read',
    'document_write',
    'reminder_write',
    'import_run',
    'audit_read',
    'investor_history_read',
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
  ],
}

export const notifications: Notification[] = [
  {
    id: id(11),
    created_at: ago(0.2),
    kind: 'activity_created',
    title: 'New meeting with Northwind Capital',
    body: 'Recorded by Jonas Weber',
    link: '/investors',
    actor_name: 'Jonas Weber',
  },
  {
    id: id(12),
    created_at: ago(5),
    kind: 'investor_assigned',
    title: 'Helvetia Family Office was assigned to you',
    body: 'Assigned by Mira Tan',
    link: '/investors',
    actor_name: 'Mira Tan',
  },
  {
    id: id(13),
    created_at: ago(74),
    kind: 'import_finished',
    title: 'sp500-constituents.csv was imported',
    link: '/imports',
    read_at: ago(70),
  },
]

export const sessions: Session[] = [
  {
    id: id(21),
    created_at: ago(30),
    last_used_at: ago(0),
    ip: '84.163.20.4',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36',
    current: true,
  },
  {
    id: id(22),
    created_at: ago(400),
    last_used_at: ago(26),
    ip: '84.163.20.4',
    user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1',
    current: false,
  },
]

const IN_APP = { in_app: true, email: false }
const BOTH = { in_app: true, email: true }
export const preferences: Preferences = {
  version: me.version,
  time_zone: me.time_zone,
  notifications: {
    activity_created: IN_APP,
    investor_assigned: IN_APP,
    document_quarantined: IN_APP,
    import_finished: IN_APP,
    reminder_due: BOTH,
    reminder_failed: IN_APP,
    task_assigned: IN_APP,
    task_status_changed: IN_APP,
    task_mentioned: IN_APP,
    requirement_changed: IN_APP,
    task_due_soon: IN_APP,
    task_overdue: BOTH,
    rule_fired: IN_APP,
    product_deleted: IN_APP,
  },
}

const NAMES = [
  'Northwind Capital',
  'Helvetia Family Office',
  'Aurelia Partners',
  'Bjørn Halvorsen',
  'Cedar & Stone Fund II',
  'Delta Ridge Ventures',
  'Élan Growth',
  'Fjord Pensions',
  '3M',
  'Zürcher Beteiligungen',
]
const TIERS = ['platinum', 'gold', 'silver', 'bronze', 'prospect'] as const
const KINDS = ['fund', 'family_office', 'fund', 'person', 'company'] as const

/** Enough investors to scroll. */
export const investors: Investor[] = Array.from({ length: 120 }, (_, n) => ({
  id: id(100 + n),
  version: 1,
  created_at: ago(900 - n),
  updated_at: ago(n * 3),
  name: `${NAMES[n % NAMES.length]}${n < NAMES.length ? '' : ` ${Math.floor(n / NAMES.length) + 1}`}`,
  kind: KINDS[n % KINDS.length]!,
  tier: TIERS[n % TIERS.length]!,
  status: n % 7 === 0 ? 'inactive' : 'active',
  tags: n % 2 ? ['Industrials'] : ['Health Care', 'Europe'],
  country: ['DE', 'CH', 'US', 'NO'][n % 4],
  relationship_manager_id: id(1),
  relationship_manager_name: 'Ada Okafor',
  created_by: id(1),
  absorbed_ids: [],
}))

export interface Answer {
  status?: number
  body?: unknown
  /** Instead of a JSON body. */
  text?: string
  headers?: Record<string, string>
}

type Handler = (request: { url: URL; body: unknown; match: RegExpMatchArray; headers: Record<string, string> }) => Answer

export const page = (items: unknown[], more: object = {}): Answer => ({ body: { items, next_cursor: null, ...more } })

export function problem(status: number, code: string, title: string, more: object = {}): Answer {
  return { status, body: { type: `/problems/${code}`, title, status, code, request_id: '0199f3a2-77aa-7c31', errors: [], ...more } }
}

const grant = { access_token: 'fake', token_type: 'Bearer', expires_in: 900, user: me }

/** `METHOD path-pattern` → response; a test puts its own before these. */
export const routes: Record<string, Handler> = {
  'GET /api/setup': () => ({ body: { needed: false, token_required: false, passkey_origin: null } }),
  'POST /api/setup': () => ({ status: 201, body: me }),
  'POST /api/auth/login': () => ({ body: grant }),
  'POST /api/auth/refresh': () => ({ body: grant }),
  'POST /api/auth/logout': () => ({ status: 204 }),
  'GET /api/me': () => ({ body: me }),
  'PATCH /api/me': ({ body }) => ({ body: { ...me, ...(body as object), version: me.version + 1 } }),
  'GET /api/me/preferences': () => ({ body: preferences }),
  'GET /api/reminders': () => page([]),
  'GET /api/investors/([^/]+)/reminders': () => page([]),
  'GET /api/me/sessions': () => page(sessions),
  'GET /api/me/factors': () => ({ body: { totp: null, passkeys: 0, recovery_codes_left: 0, required_from: null, passkey_origin: null } }),
  'GET /api/me/passkeys': () => page([]),
  'GET /api/notifications': ({ url }) =>
    page(
      notifications.filter((one) => !url.searchParams.has('unread') || !one.read_at),
      { unread_count: 2 },
    ),
  'GET /api/notifications/unread-count': () => ({ body: { unread_count: 2 } }),
  'POST /api/notifications/read': () => ({ body: { unread_count: 0 } }),
  'GET /api/investors': () => page(investors),
  'GET /api/investors/([^/]+)': ({ match }) => ({ body: investors.find((one) => one.id === match[1]) }),
  'GET /api/products': () => page([]),
  'GET /api/roadmap': () => page([]),
  'GET /api/tasks': () => page([]),
  'POST /api/live/ticket': ({ url }) => ({
    body: { url: `ws://${url.host}/live?ticket=t`, expires_in: 60, event_id: '0199f000-0000-7000-8000-000000000001' },
  }),
}

function find(handlers: Record<string, Handler>, method: string, path: string): [Handler, RegExpMatchArray] | null {
  for (const [key, handler] of Object.entries(handlers)) {
    const [wanted = '', pattern = ''] = key.split(' ')
    const match = path.match(new RegExp(`^${pattern}$`))
    if (wanted === method && match) return [handler, match]
  }
  return null
}

interface Operation {
  parameters?: { in: string; name: string }[]
}

const operations = Object.entries(openapi.paths as unknown as Record<string, Record<string, Operation>>).map(([path, methods]) => ({
  path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  methods,
}))

/** The first query parameter that the API document doesn't know: the server refuses it, so the fake does too. */
function unknownParameter(method: string, { pathname, searchParams }: URL): string | undefined {
  const operation = operations.find(({ path, methods }) => path.test(pathname) && method.toLowerCase() in methods)?.methods[
    method.toLowerCase()
  ]
  const known = operation?.parameters?.filter((parameter) => parameter.in === 'query').map(({ name }) => name) ?? []
  return operation && [...searchParams.keys()].find((name) => !known.includes(name))
}

export interface Fake {
  /** Sends an event to the page over its live connection; a page that is still connecting receives it as missed. */
  tell: (event: object) => void
}

/** Answers every API request of a page from `overrides`, then from `routes`; greets the live socket. */
export async function fakeApi(browserPage: Page, overrides: Record<string, Handler> = {}): Promise<Fake> {
  const sockets = new Set<WebSocketRoute>()
  const told: object[] = []
  const missed: Handler = () => ({ body: { items: told, complete: true } })
  const handlers = {
    'GET /api/live/events': missed,
    ...overrides,
    ...Object.fromEntries(Object.entries(routes).filter(([key]) => !(key in overrides))),
  }
  await browserPage.routeWebSocket(/\/live/, (socket) => {
    sockets.add(socket)
    socket.onMessage(() => socket.send('{"type":"pong"}'))
    socket.send('{"type":"hello","connection_id":"c","heartbeat_seconds":30}')
  })
  await browserPage.route('**/api/**', async (route: Route) => {
    const request = route.request()
    const url = new URL(request.url())
    // Modules of the development server have paths under /src/api/.
    if (!url.pathname.startsWith('/api/')) return route.continue()
    const unknown = unknownParameter(request.method(), url)
    if (unknown !== undefined) {
      return route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 422, code: 'invalid_input', title: `Unknown parameter ${unknown}` }),
      })
    }
    const found = find(handlers, request.method(), url.pathname)
    const answer = found
      ? found[0]({ url, body: request.postDataJSON() as unknown, match: found[1], headers: request.headers() })
      : problem(404, 'not_found', 'Not found')
    if (answer.text !== undefined)
      return route.fulfill({ headers: answer.headers, contentType: 'text/csv; charset=utf-8', body: answer.text })
    const json = answer.body === undefined ? undefined : JSON.stringify(answer.body)
    await route.fulfill({ status: answer.status ?? 200, headers: answer.headers, contentType: 'application/json', body: json })
  })
  return {
    tell: (event) => {
      told.push(event)
      sockets.forEach((socket) => socket.send(JSON.stringify(event)))
    },
  }
}
