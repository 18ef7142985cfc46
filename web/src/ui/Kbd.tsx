import { cx } from '@/lib/cx'

/** Keys in the notation of `lib/shortcuts`: "g i" renders two caps. */
export function Kbd({ keys, inverted = false }: { keys: string; inverted?: boolean }) {
  return (
    <span className="inline-flex gap-0.5">
      {keys.split(' ').map((key, index) => (
        <kbd
          key={index}
          className={cx(
            'inline-flex h-5 min-w-5 items-center justify-center rounded-sm border px-1 font-sans text-xs',
            inverted ? 'border-current/30' : 'border-line bg-sunken text-ink-2',
          )}
        >
          {key}
        </kbd>
      ))}
    </span>
  )
}
