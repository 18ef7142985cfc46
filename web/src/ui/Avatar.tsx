import { cx } from '@/lib/cx'

const TINTS = [
  'bg-slate-bg text-slate',
  'bg-blue-bg text-blue',
  'bg-green-bg text-green',
  'bg-amber-bg text-amber',
  'bg-violet-bg text-violet',
  'bg-bronze-bg text-bronze',
]

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u)
  const first = [...(words[0] ?? '')][0] ?? '?'
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''
  return (first + last).toUpperCase()
}

/** A person's initials; always next to the name, so hidden from screen readers. */
export function Avatar({ name, size = 'medium' }: { name: string; size?: 'small' | 'medium' | 'large' }) {
  let sum = 0
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  const box = { small: 'size-5 text-[10px]', medium: 'size-7 text-xs', large: 'size-11 text-base' }[size]
  return (
    <span className={cx('inline-grid shrink-0 place-items-center rounded-full font-semibold', box, TINTS[sum % TINTS.length])} aria-hidden>
      {initials(name)}
    </span>
  )
}
