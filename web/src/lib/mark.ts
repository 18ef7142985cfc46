/** A part of a text, and whether it matches what was typed. */
export interface Part {
  text: string
  hit: boolean
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Splits a name at the words that start with a typed word, matching like the search does: ignoring case and accents. */
export function marked(name: string, typed: string): Part[] {
  const words = plain(typed)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  const parts: Part[] = []
  const add = (text: string, hit: boolean) => {
    if (text !== '') parts.push({ text, hit })
  }
  for (const piece of name.split(/([^\p{L}\p{N}]+)/u)) {
    const longest = words.filter((word) => plain(piece).startsWith(word)).sort((a, b) => b.length - a.length)[0]
    // Splitting by characters only works if folding keeps their number.
    const cut = longest !== undefined && plain(piece).length === piece.length ? longest.length : 0
    add(piece.slice(0, cut), true)
    add(piece.slice(cut), false)
  }
  return parts
}
