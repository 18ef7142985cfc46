import { useState, type KeyboardEvent, type RefObject } from 'react'
import { flushSync } from 'react-dom'
import type { ProductMember } from '@/api/types'
import { mentionAt, peopleFor, withMention } from './mention'

/** Text in which @ suggests people, and the keys that choose one. */
export function useMentions(
  field: RefObject<HTMLTextAreaElement | null>,
  people: readonly ProductMember[],
  text: string,
  setText: (text: string) => void,
) {
  const [caret, setCaret] = useState(0)
  const [active, setActive] = useState(0)
  /** Position of the @ whose suggestions were dismissed. */
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
    // The name must be in the text before the caret moves after it; a frame later, the caret would jump back over newly typed text.
    flushSync(() => {
      setText(named.text)
      setCaret(named.caret)
      setActive(0)
    })
    field.current?.focus()
    field.current?.setSelectionRange(named.caret, named.caret)
  }
  /** Returns whether the key was handled by the suggestions. */
  const onOfferedKey = ({ key }: KeyboardEvent): boolean => {
    if (offered.length === 0) return false
    const steps: Record<string, () => void> = {
      ArrowDown: () => setActive((active + 1) % offered.length),
      ArrowUp: () => setActive((active + offered.length - 1) % offered.length),
      Enter: () => choose(offered[active]),
      Tab: () => choose(offered[active]),
      Escape: () => setClosed(naming?.from ?? -1),
    }
    steps[key]?.()
    return key in steps
  }
  const onCaret = (box: HTMLTextAreaElement) => setCaret(box.selectionStart)
  const onType = (box: HTMLTextAreaElement) => {
    setText(box.value)
    onCaret(box)
    setActive(0)
  }
  return { onType, onCaret, offered, active, setActive, choose, onOfferedKey }
}
