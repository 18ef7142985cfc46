import type { Factors, Passkey, SecurityPatch, SecuritySettings, SignInChallenge, User, UserCard } from '../src/api/types'
import { me, page, problem, type Answer } from './fake-api'

// Second factors, the security settings and a few users that can be changed; fresh for each test.

const HOUR_MS = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString()
const id = (n: number) => `0199f000-0000-7000-8000-00000000f${String(n).padStart(3, '0')}`

type Request = { body: unknown; match: RegExpMatchArray; headers: Record<string, string> }

export const passkeys: Passkey[] = [
  { id: id(1), name: 'Chrome on macOS', created_at: ago(2200), last_used_at: ago(3), synced: true },
  { id: id(2), name: 'Security key in the drawer', created_at: ago(800), last_used_at: null, synced: false },
]
export const codes = Array.from({ length: 10 }, (_, n) => `4f7k-9xqz-${String(n).repeat(4)}-mv3t-8w2c-h6jd`)

const person = (n: number, name: string, roles: UserCard['roles'], second_factor: boolean, more: Partial<UserCard> = {}): UserCard => ({
  id: id(100 + n),
  name,
  username: name.split(' ')[0]?.toLowerCase() ?? '',
  roles,
  status: 'active',
  second_factor,
  ...more,
})
export const users: UserCard[] = [
  { id: me.id, name: me.name, username: me.username, roles: me.roles, status: me.status, second_factor: me.second_factor },
  person(1, 'Jonas Weber', ['relationship_manager'], true),
  person(2, 'Lena Hartmann', ['manager', 'analyst'], false),
  person(3, 'Mira Tan', ['analyst'], false, { status: 'disabled' }),
  person(4, 'Tomás Rivera', ['team_member'], false),
]

/** Where the pages of these tests can use passkeys. */
export const LOCALHOST = `http://localhost:${process.env['WEB_PORT'] ?? 4173}`

const options = { challenge: 'Y2hhbGxlbmdl', timeout: 300_000 }
export const requestOptions = { ...options, rpId: 'localhost', allowCredentials: [], userVerification: 'required' }
const creationOptions = {
  ...options,
  rp: { id: 'localhost', name: 'Steward' },
  user: { id: 'dXNlcg', name: me.username, displayName: me.name },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  excludeCredentials: [],
  authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
  attestation: 'none',
}

/** A second step of a sign-in with these methods. */
export const challenge = (methods: SignInChallenge['methods']): Answer => ({
  body: { challenge: 'Y2hhbGxlbmdl', methods, expires_in: 300, passkey: methods.includes('passkey') ? requestOptions : null },
})

export interface FactorStore {
  handlers: Record<string, (request: Request) => Answer>
  /** What was sent, by method and path. */
  sent: string[]
  /** Changes the settings, as another admin would. */
  elsewhere: (patch: SecurityPatch) => void
}

function ownFactors(initial: readonly Passkey[], origin: string | null): FactorStore['handlers'] {
  let kept = [...initial]
  const factors = (): Factors => ({
    totp: null,
    passkeys: kept.length,
    recovery_codes_left: kept.length > 0 ? 8 : 0,
    required_from: null,
    passkey_origin: origin,
  })
  return {
    'GET /api/setup': () => ({ body: { needed: false, token_required: false, passkey_origin: origin } }),
    'GET /api/me/factors': () => ({ body: factors() }),
    'GET /api/me/passkeys': () => page(kept),
    'POST /api/me/passkeys/begin': () => ({ body: creationOptions }),
    'POST /api/me/passkeys/finish': ({ body }) => {
      const passkey: Passkey = { id: id(9), name: (body as { name: string }).name, created_at: ago(0), last_used_at: null, synced: false }
      kept = [...kept, passkey]
      return { body: { passkey, recovery_codes: kept.length === 1 ? codes : [] } }
    },
    'PATCH /api/me/passkeys/([^/]+)': ({ body, match }) => {
      kept = kept.map((one) => (one.id === match[1] ? { ...one, ...(body as object) } : one))
      return { body: kept.find((one) => one.id === match[1]) }
    },
    'DELETE /api/me/passkeys/([^/]+)': ({ match }) => {
      kept = kept.filter((one) => one.id !== match[1])
      return { status: 204 }
    },
    'POST /api/auth/passkey/begin': () => ({ body: requestOptions }),
    'POST /api/auth/challenge/enrol': () => ({ body: { totp: null, passkey: creationOptions } }),
  }
}

export function factorStore({
  own = passkeys,
  origin = LOCALHOST,
}: { own?: readonly Passkey[]; origin?: string | null } = {}): FactorStore {
  const sent: string[] = []
  let settings: SecuritySettings = { version: 4, required_roles: ['admin'], grace_days: 14 }
  let people = [...users]
  const full = (card: UserCard | undefined): User => ({ ...me, ...card, email: `${card?.username}@steward.example` })
  const elsewhere = (patch: SecurityPatch) => {
    settings = { ...settings, ...patch, version: settings.version + 1 }
  }
  const handlers: FactorStore['handlers'] = {
    ...ownFactors(own, origin),
    'GET /api/settings/security': () => ({ body: settings }),
    'PATCH /api/settings/security': ({ body, headers }) => {
      sent.push(`PATCH security ${headers['if-match']} ${JSON.stringify(body)}`)
      if (headers['if-match'] !== `"${settings.version}"`) return problem(412, 'stale_version', 'Precondition Failed')
      elsewhere(body as SecurityPatch)
      return { body: settings }
    },
    'GET /api/users': () => page(people),
    'GET /api/users/([^/]+)': ({ match }) => ({ body: full(people.find((one) => one.id === match[1])) }),
    'GET /api/users/([^/]+)/sessions': () => page([]),
    'DELETE /api/users/([^/]+)/factors': ({ match }) => {
      sent.push(`DELETE factors ${match[1]}`)
      people = people.map((one) => (one.id === match[1] ? { ...one, second_factor: false } : one))
      return { status: 204 }
    },
  }
  return { handlers, sent, elsewhere }
}
