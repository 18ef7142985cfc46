/** The text after an @ at the caret, and the position of the @; null if no mention is being typed. */
export function mentionAt(text: string, caret: number): { from: number; typed: string } | null {
  const before = /(?:^|[^\w@])@([a-z0-9._-]{0,40})$/i.exec(text.slice(0, caret))
  if (!before) return null
  const typed = before[1] ?? ''
  return { from: caret - typed.length - 1, typed: typed.toLowerCase() }
}

interface Person {
  user_id: string
  username: string
  name: string
}

/** Members who match the typed text, by username or any word of the name. */
export function peopleFor<P extends Person>(people: readonly P[], typed: string): P[] {
  const begins = ({ username, name }: Person) =>
    username.toLowerCase().startsWith(typed) ||
    name
      .toLowerCase()
      .split(/\s+/)
      .some((word) => word.startsWith(typed))
  return people.filter(begins).slice(0, 6)
}

/** The text with the typed part replaced by the username, and the new caret position. */
export function withMention(text: string, caret: number, from: number, username: string): { text: string; caret: number } {
  const after = text.slice(caret)
  const named = `${text.slice(0, from)}@${username}${/^\s/.test(after) ? '' : ' '}`
  return { text: named + after, caret: named.length + (/^\s/.test(after) ? 1 : 0) }
}

/** Maximum number of mentions in a comment. */
const MAX_NAMED = 20

/** The ids of the users mentioned in a text. */
export function mentionedIn(text: string, people: readonly Person[]): string[] {
  const byName = new Map(people.map(({ username, user_id: id }) => [username.toLowerCase(), id]))
  const ids = [...text.matchAll(/(?:^|[^\w@])@([a-z0-9._-]+)/gi)].flatMap(([, name = '']) => {
    const typed = name.toLowerCase()
    return byName.get(typed) ?? byName.get(typed.replace(/[.-]+$/, '')) ?? []
  })
  return [...new Set(ids)].slice(0, MAX_NAMED)
}
