import { cx } from '@/lib/cx'

/** A toggle that takes effect immediately. */
export function Switch({ checked, onChange, label }: { checked: boolean; onChange: (on: boolean) => void; label: string }) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      className="grid h-8 w-11 place-items-center rounded-md max-md:h-11"
      onClick={() => onChange(!checked)}
    >
      <span
        className={cx(
          'flex h-5 w-9 items-center rounded-full border p-0.5 transition-colors',
          checked ? 'border-accent bg-accent' : 'border-line-strong bg-sunken',
        )}
      >
        <span className={cx('size-3.5 rounded-full transition-transform', checked ? 'translate-x-4 bg-on-accent' : 'bg-ink-3')} />
      </span>
    </button>
  )
}
