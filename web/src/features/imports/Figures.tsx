import { CircleMinus, CirclePlus, CircleX, PencilLine, type LucideIcon } from 'lucide-react'
import type { Import } from '@/api/types'
import { cx } from '@/lib/cx'
import { formatCount } from './file'

interface Figure {
  label: string
  icon: LucideIcon
  tone: string
  count: number
}

function figures(run: Import, real: boolean): Figure[] {
  return [
    { label: real ? 'Created' : 'Would be created', icon: CirclePlus, tone: 'text-green', count: run.created_count },
    { label: real ? 'Updated' : 'Would be updated', icon: PencilLine, tone: 'text-blue', count: run.updated_count },
    { label: 'Unchanged', icon: CircleMinus, tone: 'text-ink-3', count: run.unchanged_count },
    { label: real ? 'Refused' : 'Would be refused', icon: CircleX, tone: 'text-red', count: run.error_count },
  ]
}

/** Outcome of the rows, or the expected outcome in a check. */
export function Figures({ run, real }: { run: Import; real: boolean }) {
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-lg border border-line bg-surface md:grid-cols-4">
      {figures(run, real).map(({ label, icon: Icon, tone, count }, index) => (
        <div
          key={label}
          className={cx(
            'border-line px-4 py-3',
            index % 2 === 1 && 'border-l',
            index > 1 && 'max-md:border-t',
            index === 2 && 'md:border-l',
          )}
        >
          <dt className="flex items-center gap-1.5 text-xs text-ink-3">
            <Icon className={cx('size-3.5', count > 0 ? tone : 'text-ink-3')} aria-hidden />
            {label}
          </dt>
          <dd className={cx('tabular mt-1 text-lg font-semibold', count === 0 && 'text-ink-3')}>{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  )
}
