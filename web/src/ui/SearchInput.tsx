import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { cx } from '@/lib/cx'
import { CONTROL } from './Field'

const SETTLED_MS = 200

/** Filters a list by text: debounced, and synchronized with the URL. */
export function SearchInput({
  value,
  onChange,
  label,
  className,
}: {
  value: string
  onChange: (value: string) => void
  label: string
  className?: string
}) {
  const [draft, setDraft] = useState(value)
  const [known, setKnown] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  if (value !== known) {
    setKnown(value)
    setDraft(value)
  }
  const type = (text: string) => {
    setDraft(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setKnown(text.trim())
      onChange(text.trim())
    }, SETTLED_MS)
  }
  return (
    <span className={cx('relative block', className)}>
      <Search className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={draft}
        maxLength={100}
        autoComplete="off"
        className={cx(CONTROL, 'h-8 pl-8 max-md:h-11')}
        onChange={(event) => type(event.target.value)}
      />
    </span>
  )
}
