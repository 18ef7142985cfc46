import { Check, ChevronsUpDown } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { cx } from '@/lib/cx'
import { CONTROL, CONTROL_HEIGHT, useControl } from './Field'
import type { Option } from './inputs'

export interface ComboboxProps {
  value: string
  onChange: (value: string) => void
  options: readonly Option[]
  placeholder?: string
  /** Adds a first entry that clears the selection. */
  clearLabel?: string
  loading?: boolean
  disabled?: boolean
}

const SHOWN = 100

function matching(options: readonly Option[], query: string): Option[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return options.slice(0, SHOWN)
  // A match at the start of a word ranks before one within a word.
  const atStart: Option[] = []
  const within: Option[] = []
  for (const option of options) {
    const words = `${option.label} ${option.note ?? ''}`.toLowerCase()
    const position = words.indexOf(wanted)
    if (position < 0) continue
    const starts = position === 0 || words.split(/[\s/_.-]+/u).some((word) => word.startsWith(wanted))
    ;(starts ? atStart : within).push(option)
  }
  return [...atStart, ...within].slice(0, SHOWN)
}

interface ChoicesProps {
  id: string
  list: RefObject<HTMLUListElement | null>
  options: readonly Option[]
  value: string
  active: number
  onPoint: (index: number) => void
  onChoose: (option: Option) => void
  /** Shown if there are none. */
  children: string
}

function Choices({ id, list, options, value, active, onPoint, onChoose, children }: ChoicesProps) {
  return (
    <ul ref={list} id={id} role="listbox" className="max-h-64 overflow-y-auto p-1">
      {options.map((option, index) => (
        <li
          key={option.value}
          id={`${id}-${index}`}
          role="option"
          aria-selected={option.value === value}
          className={cx('flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 max-md:min-h-11', index === active && 'bg-hover')}
          onPointerMove={() => onPoint(index)}
          onClick={() => onChoose(option)}
        >
          <span className="min-w-0 flex-1 truncate">{option.label}</span>
          {option.note && <span className="truncate text-xs text-ink-3">{option.note}</span>}
          {option.value === value && <Check className="size-4 text-accent" aria-hidden />}
        </li>
      ))}
      {options.length === 0 && <li className="px-2 py-3 text-ink-3">{children}</li>}
    </ul>
  )
}

/** A searchable select for many options. */
export function Combobox({ value, onChange, options, placeholder = 'Choose…', clearLabel, loading, disabled }: ComboboxProps) {
  const [open, setOpen] = useState(false)
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const listId = useId()
  const list = useRef<HTMLUListElement>(null)
  // A button is neither required nor not; the label says "Optional" where it is.
  const { 'aria-required': _required, ...control } = useControl()
  const chosen = options.find((option) => option.value === value)
  const found = matching(options, query)
  const shown = clearLabel && query === '' ? [{ value: '', label: clearLabel }, ...found] : found

  const toggle = (next: boolean) => {
    setOpen(next)
    setQuery('')
    setActive(0)
  }
  const choose = (option: Option | undefined) => {
    if (!option) return
    onChange(option.value)
    toggle(false)
  }
  const move = (to: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, to))
    setActive(next)
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      Enter: () => choose(shown[active]),
    }
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    step()
  }

  return (
    <Popover.Root open={open} onOpenChange={toggle}>
      <Popover.Trigger
        {...control}
        type="button"
        disabled={disabled}
        className={cx(CONTROL, CONTROL_HEIGHT, 'flex items-center justify-between gap-2 text-left')}
      >
        <span className={cx('truncate', !chosen && 'text-ink-3')}>{chosen?.label ?? placeholder}</span>
        <ChevronsUpDown className="size-4 shrink-0 text-ink-3" aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 w-(--radix-popover-trigger-width) min-w-56 overflow-hidden rounded-lg bg-raised shadow-pop animate-pop"
        >
          <input
            role="combobox"
            aria-label={placeholder}
            aria-expanded
            aria-controls={listId}
            aria-activedescendant={shown[active] ? `${listId}-${active}` : undefined}
            value={query}
            placeholder="Type to search"
            className="h-9 w-full border-b border-line bg-transparent px-3 focus:outline-none max-md:h-11"
            onChange={(event) => {
              setQuery(event.target.value)
              setActive(0)
            }}
            onKeyDown={onKeyDown}
          />
          <Choices id={listId} list={list} options={shown} value={value} active={active} onPoint={setActive} onChoose={choose}>
            {loading ? 'Loading…' : 'No results'}
          </Choices>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
