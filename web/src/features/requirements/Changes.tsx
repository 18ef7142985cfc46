import type { ReactNode } from 'react'
import type { RequirementCard, RequirementChange } from '@/api/types'
import { LINK_KINDS, PRIORITIES, REQUIREMENT_FIELDS, REQUIREMENT_STATUSES, humanize } from '@/api/words'
import { cx } from '@/lib/cx'
import { listDiff, wordDiff, type Part } from './diff'

const LOOK: Record<Part['kind'], string> = {
  same: '',
  removed: 'rounded-sm bg-red-bg text-red line-through decoration-1',
  added: 'rounded-sm bg-green-bg text-green underline decoration-1 underline-offset-2',
}

/** Deletions are struck through, insertions underlined; screen readers announce the elements. */
function Piece({ kind, children }: { kind: Part['kind']; children: ReactNode }) {
  if (kind === 'same') return <>{children}</>
  const Element = kind === 'removed' ? 'del' : 'ins'
  return <Element className={LOOK[kind]}>{children}</Element>
}

function Words({ parts }: { parts: readonly Part[] }) {
  return (
    <p className="break-words whitespace-pre-wrap">
      {parts.map(({ text, kind }, place) => (
        <Piece key={place} kind={kind}>
          {text}
        </Piece>
      ))}
    </p>
  )
}

function List({ before, after }: { before: readonly string[]; after: readonly string[] }) {
  return (
    <ul className="flex flex-col gap-1">
      {listDiff(before, after).map((entry, place) => (
        <li key={place} className="flex gap-2">
          <span
            className={cx(
              'w-3 shrink-0 font-mono',
              entry.kind === 'removed' ? 'text-red' : entry.kind === 'added' ? 'text-green' : 'text-ink-3',
            )}
            aria-hidden
          >
            {{ same: ' ', removed: '−', added: '+', changed: '~' }[entry.kind]}
          </span>
          {entry.kind === 'changed' ? <Words parts={entry.parts} /> : <Words parts={[entry]} />}
        </li>
      ))}
    </ul>
  )
}

/** Resolves the ids in a value to names. */
export type Names = (id: string) => string | undefined

export function namesOf(requirements: readonly RequirementCard[], milestones: readonly { id: string; name: string }[]): Names {
  const names = new Map<string, string>()
  for (const { id, reference, title } of requirements) names.set(id, `${reference} ${title}`)
  for (const { id, name } of milestones) names.set(id, name)
  return (id) => names.get(id)
}

/** "depends_on: <id> at 3" as text. */
function linkWords(value: string, names: Names): string {
  const [, kind = '', id = '', version = ''] = /^(\w+): (\S+) at (\d+)$/u.exec(value) ?? []
  if (!kind) return value
  return `${LINK_KINDS[kind as keyof typeof LINK_KINDS] ?? humanize(kind)} ${names(id) ?? 'a deleted requirement'} (version ${version})`
}

const WORDS: Record<string, Record<string, string>> = { priority: PRIORITIES, status: REQUIREMENT_STATUSES }
const IDS = ['parent_id', 'milestone_id']

function Value({ change: { field, before, after }, names }: { change: RequirementChange; names: Names }) {
  if (Array.isArray(before) || Array.isArray(after)) {
    const list = (value: RequirementChange['before']) => {
      const entries = Array.isArray(value) ? value : value ? [value] : []
      return field === 'links' ? entries.map((entry) => linkWords(entry, names)) : entries
    }
    return <List before={list(before)} after={list(after)} />
  }
  if (field === 'title' || field === 'description') return <Words parts={wordDiff(before ?? '', after ?? '')} />
  const word = (value: string | null | undefined) =>
    value ? (WORDS[field]?.[value] ?? (IDS.includes(field) ? (names(value) ?? 'Something deleted') : value)) : 'None'
  return (
    <p className="flex flex-wrap items-center gap-2">
      <Piece kind="removed">{word(before)}</Piece>
      <span aria-hidden className="text-ink-3">
        →
      </span>
      <Piece kind="added">{word(after)}</Piece>
    </p>
  )
}

/** The differences between two versions, field by field. */
export function Changes({ changes, names }: { changes: readonly RequirementChange[]; names: Names }) {
  if (changes.length === 0) return <p className="text-ink-2">No differences.</p>
  return (
    <dl className="flex flex-col divide-y divide-line">
      {changes.map((change) => (
        <div key={change.field} className="grid gap-x-4 gap-y-1 py-3 first:pt-0 last:pb-0 md:grid-cols-[150px_minmax(0,1fr)]">
          <dt className="text-ink-3">{REQUIREMENT_FIELDS[change.field] ?? humanize(change.field)}</dt>
          <dd className="min-w-0">
            <Value change={change} names={names} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
