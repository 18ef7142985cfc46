import type { MilestoneProgress } from '@/api/types'
import { cx } from '@/lib/cx'

/** How much is done of what a milestone holds. */
export function Progress({ name, progress, atRisk, reached }: { name: string; progress: MilestoneProgress; atRisk: boolean; reached: boolean }) {
  const { percent, tasks_total: tasks, tasks_done: tasksDone, requirements_total: requirements, requirements_done: requirementsDone } = progress
  const parts = [
    ...(tasks > 0 ? [`${tasksDone} of ${tasks} ${tasks === 1 ? 'task' : 'tasks'}`] : []),
    ...(requirements > 0 ? [`${requirementsDone} of ${requirements} ${requirements === 1 ? 'requirement' : 'requirements'}`] : []),
  ]
  return (
    <div>
      <div className="flex items-center gap-2">
        <div role="progressbar" aria-label={`Progress of ${name}`} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} className="h-2 min-w-0 flex-1 overflow-hidden rounded-full bg-slate-bg">
          <div className={cx('h-full rounded-full transition-[width] duration-300', reached ? 'bg-green' : atRisk ? 'bg-red' : 'bg-accent')} style={{ width: `${percent}%` }} />
        </div>
        <span className="tabular w-9 shrink-0 text-right text-xs font-medium">{percent}%</span>
      </div>
      <p className="mt-0.5 text-xs text-ink-3">{parts.length > 0 ? `${parts.join(', ')} done` : 'Nothing belongs to it yet'}</p>
    </div>
  )
}
