/** Unsaved input of a form, kept in this browser until it is saved, discarded or the user signs out. */
export interface Draft {
  /** Milliseconds since the epoch. */
  at: number
  /** The fields that were edited. */
  values: Record<string, unknown>
  /** What these fields held when editing began. */
  base: Record<string, unknown>
}

const PREFIX = 'steward.draft.'
/** Per user. The oldest ones make room. */
const MOST = 50
/** Characters of one draft; a longer one is not kept. */
const LONGEST = 100_000
const LIFETIME_MS = 30 * 24 * 3600 * 1000
/** Whatever a form calls them, these are never written to storage. */
const SECRET = /password|passphrase|secret|token|recovery|^code$|^confirm$/i

let owner: string | null = null

const nameOf = (user: string, key: string) => `${PREFIX}${user}/${key}`

/** Storage may be blocked or full; a draft then lives as long as its form. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function read(name: string): Draft | null {
  const kept = attempt(() => JSON.parse(localStorage.getItem(name) ?? 'null') as unknown)
  if (!isRecord(kept) || typeof kept['at'] !== 'number' || !isRecord(kept['values']) || !isRecord(kept['base'])) return null
  return Date.now() - kept['at'] < LIFETIME_MS ? { at: kept['at'], values: kept['values'], base: kept['base'] } : null
}

function names(prefix: string): string[] {
  return attempt(() => Object.keys(localStorage).filter((name) => name.startsWith(prefix))) ?? []
}

/** Drops what is too old or unreadable, and then the oldest of one user above the limit. */
function tidy(user: string): void {
  for (const name of names(PREFIX)) if (read(name) === null) attempt(() => localStorage.removeItem(name))
  const own = names(nameOf(user, '')).map((name) => ({ name, at: read(name)?.at ?? 0 }))
  const surplus = own.toSorted((a, b) => b.at - a.at).slice(MOST)
  for (const { name } of surplus) attempt(() => localStorage.removeItem(name))
}

function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !SECRET.test(field)))
}

export const drafts = {
  /** Whose drafts are read and written from now on. */
  belongTo(user: string): void {
    if (owner === user) return
    owner = user
    tidy(user)
  },

  get(key: string): Draft | null {
    return owner === null ? null : read(nameOf(owner, key))
  },

  /** Keeps the edited fields, without secrets; removes the draft if nothing is left. */
  put(key: string, values: object, base: object): void {
    if (owner === null) return
    const kept: Draft = { at: Date.now(), values: withoutSecrets({ ...values }), base: withoutSecrets({ ...base }) }
    const text = JSON.stringify(kept)
    const name = nameOf(owner, key)
    if (Object.keys(kept.values).length === 0 || text.length > LONGEST) return drafts.remove(key)
    attempt(() => localStorage.setItem(name, text))
    tidy(owner)
  },

  remove(key: string): void {
    const user = owner
    if (user !== null) attempt(() => localStorage.removeItem(nameOf(user, key)))
  },

  /** Removes the user's drafts, at sign-out. Forms that are still open write none from now on. */
  forget(): void {
    if (owner !== null) for (const name of names(nameOf(owner, ''))) attempt(() => localStorage.removeItem(name))
    owner = null
  },
}
