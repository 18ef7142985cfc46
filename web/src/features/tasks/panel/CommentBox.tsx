import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { flushSync } from 'react-dom'
import type { ProductMember } from '@/api/types'
import { cx } from '@/lib/cx'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { CONTROL } from '@/ui/Field'
import { mentionAt, mentionedIn, peopleFor, withMention } from './mention'

const MOST = 10_000

export interface CommentBoxProps {
  people: readonly ProductMember[]
  initial?: string
  label: string
  send: string
  /** It is on its way. */
  busy: boolean
  /** Until `onSent` is called the text stays: a comment may be refused. */
  onSend: (body: { text: string; mentions: string[] }, onSent: () => void) => void
  onCancel?: () => void
}

/** A field for Markdown in which an @ offers the people of the product. */
export function CommentBox({ people, initial = '', label, send, busy, onSend, onCancel }: CommentBoxProps) {
  const listId = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(initial)
  const [caret, setCaret] = useState(0)
  const [active, setActive] = useState(0)
  const [closed, setClosed] = useState(-1)
  const naming = mentionAt(text, caret)
  const offered =
    naming && naming.from !== closed
      ? peopleFor(
          people.filter((one) => one.active),
          naming.typed,
        )
      : []
  const choose = (person: ProductMember | undefined) => {
    if (!person || !naming) return
    const named = withMention(text, caret, naming.from, person.username)
    // The name stands in the text before the caret goes behind it; a frame later, it would jump back before what was typed since.
    flushSync(() => {
      setText(named.text)
      setCaret(named.caret)
      setActive(0)
    })
    field.current?.focus()
    field.current?.setSelectionRange(named.caret, named.caret)
  }
  const submit = () => {
    const body = text.trim()
    if (body === '' || busy) return
    // What is typed while it is on its way stays.
    onSend({ text: body, mentions: mentionedIn(body, people) }, () => setText((now) => (now.trim() === body ? '' : now)))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      return submit()
    }
    const steps: Record<string, () => void> =
      offered.length === 0
        ? {}
        : {
            ArrowDown: () => setActive((active + 1) % offered.length),
            ArrowUp: () => setActive((active + offered.length - 1) % offered.length),
            Enter: () => choose(offered[active]),
            Tab: () => choose(offered[active]),
          }
    const step = steps[event.key]
    if (step) {
      event.preventDefault()
      step()
    } else if (event.key === 'Escape' && (offered.length > 0 || onCancel)) {
      event.stopPropagation()
      event.nativeEvent.stopImmediatePropagation()
      if (offered.length > 0) setClosed(naming?.from ?? -1)
      else onCancel?.()
    }
  }
  const where = (box: HTMLTextAreaElement) => setCaret(box.selectionStart)
  return (
    <div className="flex flex-col gap-2">
      <div className="relative">
        <textarea
          ref={field}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={offered.length > 0 ? listId : undefined}
          aria-activedescendant={offered[active] ? `${listId}-${active}` : undefined}
          placeholder="Write a comment, @ names people"
          rows={2}
          maxLength={MOST}
          value={text}
          className={cx(CONTROL, 'field-sizing-content min-h-16 py-2')}
          onChange={(event) => {
            setText(event.target.value)
            where(event.target)
            setActive(0)
          }}
          onSelect={(event) => where(event.currentTarget)}
          onKeyDown={onKeyDown}
        />
        {offered.length > 0 && (
          <ul
            id={listId}
            role="listbox"
            aria-label="People"
            className="absolute inset-x-0 bottom-full z-30 mb-1 overflow-hidden rounded-lg bg-raised p-1 shadow-pop md:max-w-72"
          >
            {offered.map((person, index) => (
              <li
                key={person.user_id}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === active}
                className={cx(
                  'flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 max-md:min-h-11',
                  index === active && 'bg-hover',
                )}
                // Before the field loses the focus.
                onPointerDown={(event) => {
                  event.preventDefault()
                  choose(person)
                }}
                onPointerMove={() => setActive(index)}
              >
                <Avatar name={person.name} size="small" />
                <span className="truncate">{person.name}</span>
                <span className="ml-auto truncate text-xs text-ink-3">@{person.username}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {(text.trim() !== '' || onCancel) && (
        <div className="flex items-center gap-2">
          <Button variant="primary" busy={busy} disabled={text.trim() === ''} onClick={submit}>
            {send}
          </Button>
          {onCancel && (
            <Button variant="quiet" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <span className="ml-auto text-xs text-ink-3 max-md:hidden">Ctrl Enter sends</span>
        </div>
      )}
    </div>
  )
}
