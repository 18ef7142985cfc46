import { Check } from 'lucide-react'
import { cx } from '@/lib/cx'

const STEPS = ['Upload', 'Columns', 'Check', 'Import'] as const
export type Step = (typeof STEPS)[number]

/** Current step of the import. */
export function Steps({ current, finished = false }: { current: Step; finished?: boolean }) {
  const place = STEPS.indexOf(current)
  return (
    <ol aria-label="Steps of the import" className="flex items-center gap-2 text-xs">
      {STEPS.map((step, index) => {
        const done = index < place || (finished && index === place)
        const now = index === place && !finished
        return (
          <li key={step} aria-current={now ? 'step' : undefined} className="flex items-center gap-2">
            {index > 0 && <span className="h-px w-4 bg-line-strong/50 md:w-8" aria-hidden />}
            <span
              className={cx(
                'grid size-5 place-items-center rounded-full text-[11px] font-semibold',
                done ? 'bg-green-bg text-green' : now ? 'bg-accent text-on-accent' : 'bg-slate-bg text-ink-3',
              )}
              aria-hidden
            >
              {done ? <Check className="size-3" /> : index + 1}
            </span>
            <span className={cx('font-medium', now ? 'text-ink' : 'text-ink-3', !now && 'max-md:sr-only')}>{step}</span>
            {done && <span className="sr-only">done</span>}
          </li>
        )
      })}
    </ol>
  )
}
