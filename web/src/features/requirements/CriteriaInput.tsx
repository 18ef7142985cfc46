import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { useId, useRef, type KeyboardEvent } from 'react'
import { flushSync } from 'react-dom'
import { Button, IconButton } from '@/ui/Button'
import { Input } from '@/ui/inputs'

const MOST = 50

/** Acceptance criteria, one per line: Enter adds one below, Backspace in an empty one removes it, and each can be moved. */
export function CriteriaInput({
  value,
  onChange,
  error,
}: {
  value: readonly string[]
  onChange: (criteria: string[]) => void
  error?: string
}) {
  const labelId = useId()
  const list = useRef<HTMLOListElement>(null)
  // Moves the focus at once, so that the next key never goes to the previous line.
  const change = (criteria: string[], place: number) => {
    flushSync(() => onChange(criteria))
    list.current?.querySelectorAll<HTMLInputElement>('input')[place]?.focus()
  }
  const insert = (place: number) => value.length < MOST && change(value.toSpliced(place, 0, ''), place)
  const remove = (place: number) => change(value.toSpliced(place, 1), Math.max(0, place - 1))
  const move = (place: number, to: number) => {
    const text = value[place]
    if (text === undefined || to < 0 || to >= value.length) return
    onChange(value.toSpliced(place, 1).toSpliced(to, 0, text))
  }
  const onKeyDown = (event: KeyboardEvent, place: number) => {
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      insert(place + 1)
    } else if (event.key === 'Backspace' && value[place] === '') {
      event.preventDefault()
      remove(place)
    }
  }
  return (
    <div role="group" aria-labelledby={labelId} className="flex flex-col gap-1">
      <p className="flex items-baseline justify-between font-medium text-ink-2">
        <span id={labelId}>Acceptance criteria</span>
        <span className="text-xs font-normal text-ink-3">Optional</span>
      </p>
      <ol ref={list} className="flex flex-col gap-1.5">
        {value.map((text, place) => (
          <li key={place} className="flex items-center gap-1">
            <span className="tabular w-5 shrink-0 text-right text-xs text-ink-3" aria-hidden>
              {place + 1}.
            </span>
            <Input
              aria-label={`Criterion ${place + 1}`}
              value={text}
              maxLength={500}
              autoComplete="off"
              onChange={(next) => onChange(value.with(place, next))}
              onKeyDown={(event) => onKeyDown(event, place)}
            />
            <span className="flex max-md:hidden">
              <IconButton
                icon={ArrowUp}
                label={`Move criterion ${place + 1} up`}
                disabled={place === 0}
                onClick={() => move(place, place - 1)}
              />
              <IconButton
                icon={ArrowDown}
                label={`Move criterion ${place + 1} down`}
                disabled={place === value.length - 1}
                onClick={() => move(place, place + 1)}
              />
            </span>
            <IconButton icon={X} label={`Remove criterion ${place + 1}`} onClick={() => remove(place)} />
          </li>
        ))}
      </ol>
      {value.length < MOST && (
        <Button variant="quiet" icon={Plus} className="self-start" onClick={() => insert(value.length)}>
          Add criterion
        </Button>
      )}
      {error && (
        <p role="alert" className="text-xs text-red">
          {error}
        </p>
      )}
    </div>
  )
}
