import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useDebounced } from '@/lib/useDebounced'
import { CONTROL } from '@/ui/Field'
import { cx } from '@/lib/cx'

const SETTLED_MS = 200

/** Filters as you type. */
export function FindBox({
  value,
  label,
  onChange,
}: {
  value: string | undefined
  label: string
  onChange: (value: string | undefined) => void
}) {
  const [typed, setTyped] = useState(value ?? '')
  const settled = useDebounced(typed.trim(), SETTLED_MS)
  const reported = useRef(value ?? '')
  useEffect(() => {
    if (settled === reported.current) return
    reported.current = settled
    onChange(settled === '' ? undefined : settled)
  }, [settled, onChange])
  // Another view was selected, or all filters were cleared.
  useEffect(() => {
    if ((value ?? '') === reported.current) return
    reported.current = value ?? ''
    setTyped(value ?? '')
  }, [value])
  return (
    <span className="relative block w-48 max-md:w-full">
      <Search className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder="Find"
        value={typed}
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        className={cx(CONTROL, 'h-8 !border-line pr-7 pl-8 max-md:h-11 [&::-webkit-search-cancel-button]:hidden')}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && typed !== '' && (event.preventDefault(), setTyped(''))}
      />
      {typed !== '' && (
        <button
          type="button"
          aria-label="Clear"
          className="absolute top-0 right-0 grid h-8 w-7 place-items-center text-ink-3 hover:text-ink max-md:h-11 max-md:w-11"
          onClick={() => setTyped('')}
        >
          <X className="size-3.5" aria-hidden />
        </button>
      )}
    </span>
  )
}
