// Parsers for search parameters: invalid values become undefined, so that a hand-edited URL still opens.

type Search = Record<string, unknown>

/** The parameter if it is one of the given values. */
export function oneOf<V extends string>(search: Search, name: string, words: Record<V, unknown> | readonly V[]): V | undefined {
  const value = search[name]
  const allowed: readonly string[] = Array.isArray(words) ? words : Object.keys(words)
  return typeof value === 'string' && allowed.includes(value) ? (value as V) : undefined
}

/** The parameter as trimmed text of at most `max` characters; the router parses `?tag=2024` as a number. */
export function text(search: Search, name: string, max = 200): string | undefined {
  const value = search[name]
  const found = typeof value === 'number' ? String(value) : value
  return typeof found === 'string' && found.trim() !== '' ? found.trim().slice(0, max) : undefined
}

/** True for `?name=true`, otherwise absent, to keep the URL short. */
export function flag(search: Search, name: string): true | undefined {
  return search[name] === true || search[name] === 'true' ? true : undefined
}
