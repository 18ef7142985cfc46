/** A part of a text, and whether it is what was typed. */
export interface Part {
  text: string
  hit: boolean
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Cuts a name where one of the typed words begins a word of it, as search finds it: without case and accents. */
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
    // Cutting by characters holds only where folding keeps their number.
    const cut = longest !== undefined && plain(piece).length === piece.length ? longest.length : 0
    add(piece.slice(0, cut), true)
    add(piece.slice(cut), false)
  }
  return parts
}
