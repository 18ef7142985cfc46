/** Two to ten letters or digits, starting with a letter: the server's rule. */
export function keyMistake(key: string): string | undefined {
  return /^[a-z][a-z0-9]{1,9}$/i.test(key.trim()) ? undefined : 'Use 2 to 10 letters or digits, starting with a letter.'
}

/** Suggests a key for a name: the initials of its words, or the start of its only word. Empty if the name yields none. */
export function suggestKey(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss').toUpperCase()
  const words = plain.split(/[^A-Z0-9]+/u).filter((word) => word !== '')
  const first = words.findIndex((word) => /^[A-Z]/u.test(word))
  if (first < 0) return ''
  const [word = '', ...rest] = words.slice(first)
  // A number distinguishes one of several, so all of its digits are used.
  const initials = word.charAt(0) + rest.map((other) => (/^\d+$/u.test(other) ? other : other.charAt(0))).join('')
  const key = rest.length > 0 ? initials.slice(0, 6) : word.slice(0, 3)
  return key.length < 2 ? '' : key
}
