import { cx } from '@/lib/cx'

const TONES = { accent: 'bg-accent', green: 'bg-green', red: 'bg-red' }

/** A progress bar; `value` is 0 to 1. */
export function ProgressBar({ value, label, tone = 'accent' }: { value: number; label: string; tone?: keyof typeof TONES }) {
  const percent = Math.round(value * 100)
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className="h-2 overflow-hidden rounded-full bg-slate-bg"
    >
      <div className={cx('h-full rounded-full transition-[width] duration-300', TONES[tone])} style={{ width: `${percent}%` }} />
    </div>
  )
}
