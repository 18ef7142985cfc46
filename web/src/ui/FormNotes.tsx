import { History } from 'lucide-react'
import type { Problem } from '@/api/problem'
import { humanize } from '@/api/words'
import { both } from '@/lib/rebase'
import { cx } from '@/lib/cx'
import { Button } from './Button'
import { RelativeTime } from './RelativeTime'
import { FormError } from './states'
import type { Kept } from './useForm'

/** How a field of a conflict is shown. */
export interface Words {
  label?: string
  /** Display text of a value, such as the name behind an id. */
  show?: (value: never) => string
  /** Whether keeping both makes sense: for free text and lists. */
  both?: boolean
}

interface Side {
  field: string
  mine: unknown
  theirs: unknown
  kept?: Kept
}

interface Notable {
  problem: Problem | null
  resumedAt: number | null
  startOver: () => void
  values: object
  edited: boolean
  conflict: { who: string | undefined; fields: Side[] } | null
  keep: (field: never, kept: Kept) => void
}

const SHORT_FIELDS = /^(name|title|summary|kind|status|tier|priority|currency|country|email|phone|.*(_id|_on|_key|date|_at|_local|_zone))$/

/** Display text of a value without words of its own. */
function plain(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'Empty'
  if (!Array.isArray(value)) return typeof value === 'object' ? Object.values(value).map(plain).join(' ') : String(value)
  return value.length === 0 ? 'Empty' : value.map(plain).join(typeof value[0] === 'string' ? ', ' : '\n')
}

function Version({
  title,
  text,
  chosen,
  label,
  onKeep,
}: {
  title: string
  text: string
  chosen: boolean
  label: string
  onKeep: () => void
}) {
  return (
    <div className={cx('flex min-w-0 flex-col gap-2 rounded-md border bg-surface p-2.5', chosen ? 'border-accent' : 'border-line')}>
      <p className="text-xs font-medium text-ink-3">{title}</p>
      <p className="max-h-60 flex-1 overflow-y-auto break-words whitespace-pre-wrap text-ink">{text}</p>
      <Button aria-pressed={chosen} onClick={onKeep}>
        {label}
      </Button>
    </div>
  )
}

/** A field that both sides changed: both versions side by side, and the choice between them. */
function Clashing({
  side,
  now,
  who,
  words,
  onKeep,
}: {
  side: Side
  now: unknown
  who: string
  words: Words
  onKeep: (kept: Kept) => void
}) {
  const { field, theirs, kept } = side
  const mine = kept === undefined || kept === 'mine' ? now : side.mine
  const label = words.label ?? humanize(field.replace(/_id$/, ''))
  const show = (value: unknown) => (words.show as ((value: unknown) => string) | undefined)?.(value) || plain(value)
  const joins = (words.both ?? !SHORT_FIELDS.test(field)) && both(theirs, mine) !== undefined
  return (
    <section aria-label={label} className="flex flex-col gap-2">
      <h3 className="font-medium">{label}</h3>
      <div className="grid gap-2 md:grid-cols-2">
        <Version title={who} text={show(theirs)} chosen={kept === 'theirs'} label="Keep theirs" onKeep={() => onKeep('theirs')} />
        <Version title="You" text={show(mine)} chosen={kept === 'mine'} label="Keep yours" onKeep={() => onKeep('mine')} />
      </div>
      {joins && (
        <Button aria-pressed={kept === 'both'} onClick={() => onKeep('both')}>
          Keep both
        </Button>
      )}
    </section>
  )
}

/** What a form says above its fields: a draft that came back, a conflict with someone else's change, and why it was refused. */
export function FormNotes({ form, words = {} }: { form: Notable; words?: Record<string, Words> }) {
  const { problem, resumedAt, startOver, conflict, keep, values } = form
  const who = conflict?.who ?? 'Someone else'
  // Once theirs is kept everywhere, nothing is left to save.
  const open = conflict?.fields.some(({ kept }) => kept === undefined) || form.edited
  return (
    <>
      {resumedAt !== null && (
        <div role="status" className="flex flex-wrap items-center gap-2 rounded-md bg-selected py-1 pr-1 pl-3">
          <History className="size-4 shrink-0 text-ink-3" aria-hidden />
          <p className="min-w-0 flex-1">
            Your draft of <RelativeTime at={new Date(resumedAt).toISOString()} /> is back.
          </p>
          <Button variant="quiet" onClick={startOver}>
            Discard draft
          </Button>
        </div>
      )}
      {problem && <FormError error={problem} />}
      {open && conflict && (
        <div role="group" aria-label="Changed by both" className="flex flex-col gap-4 rounded-md border border-amber bg-amber-bg p-3">
          <p>
            <span className="font-medium">{who}</span> changed {conflict.fields.length === 1 ? 'a field' : 'fields'} that you changed too.
            Everything else is merged.
          </p>
          {conflict.fields.map((side) => (
            <Clashing
              key={side.field}
              side={side}
              now={(values as Record<string, unknown>)[side.field]}
              who={who}
              words={words[side.field] ?? {}}
              onKeep={(kept) => keep(side.field as never, kept)}
            />
          ))}
        </div>
      )}
    </>
  )
}
