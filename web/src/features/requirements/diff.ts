import { diffArrays, diffWordsWithSpace } from 'diff'

/** A piece of text that was kept, removed or added. */
export interface Part {
  text: string
  kind: 'same' | 'removed' | 'added'
}

const kindOf = ({ added, removed }: { added?: boolean; removed?: boolean }): Part['kind'] =>
  added ? 'added' : removed ? 'removed' : 'same'

/** Beyond this, a word-by-word comparison takes too long. */
const MAX_CHARACTERS = 60_000

/** The differences between two texts, word by word. */
export function wordDiff(before: string, after: string): Part[] {
  if (before.length + after.length > MAX_CHARACTERS)
    return [
      { text: before, kind: 'removed' as const },
      { text: after, kind: 'added' as const },
    ].filter(({ text }) => text !== '')
  return diffWordsWithSpace(before, after).map((part) => ({ text: part.value, kind: kindOf(part) }))
}

/** Below this share of common text, two entries are different rather than one reworded. */
const ALIKE = 0.4

function reworded(before: string, after: string): Part[] | undefined {
  const parts = wordDiff(before, after)
  const same = parts.filter(({ kind }) => kind === 'same').reduce((sum, { text }) => sum + text.replaceAll(/\s+/gu, '').length, 0)
  const longer = Math.max(before.replaceAll(/\s+/gu, '').length, after.replaceAll(/\s+/gu, '').length)
  return same >= ALIKE * longer ? parts : undefined
}

/** A list entry: kept, removed, added, or changed with its inner differences. */
export type Entry = { kind: Part['kind']; text: string } | { kind: 'changed'; parts: Part[] }

/** The differences between two lists: a removed entry in the place of an added one counts as reworded. */
export function listDiff(before: readonly string[], after: readonly string[]): Entry[] {
  const entries: Entry[] = []
  const runs = diffArrays([...before], [...after]).map((part) => ({ kind: kindOf(part), values: part.value }))
  for (let at = 0; at < runs.length; at += 1) {
    const run = runs[at]!
    const next = runs[at + 1]
    if (run.kind === 'removed' && next?.kind === 'added') {
      const pairs = Math.min(run.values.length, next.values.length)
      for (let pair = 0; pair < pairs; pair += 1) {
        const [one, other] = [run.values[pair]!, next.values[pair]!]
        const parts = reworded(one, other)
        if (parts) entries.push({ kind: 'changed', parts })
        else entries.push({ kind: 'removed', text: one }, { kind: 'added', text: other })
      }
      for (const text of run.values.slice(pairs)) entries.push({ kind: 'removed', text })
      for (const text of next.values.slice(pairs)) entries.push({ kind: 'added', text })
      at += 1
    } else {
      for (const text of run.values) entries.push({ kind: run.kind, text })
    }
  }
  return entries
}
