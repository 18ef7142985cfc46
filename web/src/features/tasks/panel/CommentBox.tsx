import { useId, useRef, type KeyboardEvent } from 'react'
import type { Comment, NewComment, ProductMember } from '@/api/types'
import { cx } from '@/lib/cx'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { CONTROL } from '@/ui/Field'
import { FormNotes } from '@/ui/FormNotes'
import type { Form } from '@/ui/useForm'
import { mentionedIn } from './mention'
import { useMentions } from './useMentions'

const MOST = 10_000

export interface CommentValues {
  text: string
}

/** The request body of a comment: the text, and whom it mentions. */
export function commentOf({ text }: CommentValues, people: readonly ProductMember[]): NewComment {
  return { text: text.trim(), mentions: mentionedIn(text.trim(), people) }
}

export interface CommentBoxProps {
  form: Form<CommentValues, Comment>
  people: readonly ProductMember[]
  label: string
  send: string
  onCancel?: () => void
}

interface OfferedProps {
  id: string
  people: readonly ProductMember[]
  active: number
  onPoint: (index: number) => void
  onChoose: (person: ProductMember) => void
}

/** Suggested people for the mention being typed. */
function Offered({ id, people, active, onPoint, onChoose }: OfferedProps) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label="People"
      className="absolute inset-x-0 bottom-full z-30 mb-1 overflow-hidden rounded-lg bg-raised p-1 shadow-pop md:max-w-72"
    >
      {people.map((person, index) => (
        <li
          key={person.user_id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className={cx('flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 max-md:min-h-11', index === active && 'bg-hover')}
          // Before the field loses focus.
          onPointerDown={(event) => {
            event.preventDefault()
            onChoose(person)
          }}
          onPointerMove={() => onPoint(index)}
        >
          <Avatar name={person.name} size="small" />
          <span className="truncate">{person.name}</span>
          <span className="ml-auto truncate text-xs text-ink-3">@{person.username}</span>
        </li>
      ))}
    </ul>
  )
}

/** Escape closes the suggestions or the editor, not the panel around them. */
function keepPanelOpen(event: KeyboardEvent): void {
  event.stopPropagation()
  event.nativeEvent.stopImmediatePropagation()
}

/** A Markdown field in which @ suggests members of the product. */
export function CommentBox({ form, people, label, send, onCancel }: CommentBoxProps) {
  const listId = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const { text } = form.values
  const { onType, onCaret, offered, active, setActive, choose, onOfferedKey } = useMentions(field, people, text, (next) =>
    form.set('text', next),
  )
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      return text.trim() === '' ? undefined : event.currentTarget.form?.requestSubmit()
    }
    if (onOfferedKey(event)) return event.key === 'Escape' ? keepPanelOpen(event) : event.preventDefault()
    if (event.key === 'Escape' && onCancel) {
      keepPanelOpen(event)
      form.leave(onCancel)
    }
  }
  return (
    <form noValidate className="flex flex-col gap-2" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <div className="relative">
        <textarea
          ref={field}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={offered.length > 0 ? listId : undefined}
          aria-activedescendant={offered[active] ? `${listId}-${active}` : undefined}
          placeholder="Write a comment; @ to mention"
          rows={2}
          maxLength={MOST}
          value={text}
          className={cx(CONTROL, 'field-sizing-content min-h-16 py-2')}
          onChange={(event) => onType(event.target)}
          onSelect={(event) => onCaret(event.currentTarget)}
          onKeyDown={onKeyDown}
        />
        {offered.length > 0 && <Offered id={listId} people={offered} active={active} onPoint={setActive} onChoose={choose} />}
      </div>
      {(text.trim() !== '' || onCancel) && (
        <div className="flex items-center gap-2">
          <Button type="submit" variant="primary" busy={form.busy} disabled={text.trim() === ''}>
            {send}
          </Button>
          {onCancel && (
            <Button variant="quiet" onClick={() => form.leave(onCancel)}>
              Cancel
            </Button>
          )}
          <span className="ml-auto text-xs text-ink-3 max-md:hidden">Ctrl+Enter to send</span>
        </div>
      )}
    </form>
  )
}
