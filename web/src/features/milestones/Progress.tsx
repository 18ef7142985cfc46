import type { MilestoneProgress } from '@/api/types'
import { ProgressBar } from '@/ui/ProgressBar'

/** Progress of a milestone's tasks and requirements. */
export function Progress({
  name,
  progress,
  atRisk,
  reached,
}: {
  name: string
  progress: MilestoneProgress
  atRisk: boolean
  reached: boolean
}) {
  const {
    percent,
    tasks_total: tasks,
    tasks_done: tasksDone,
    requirements_total: requirements,
    requirements_done: requirementsDone,
  } = progress
  const parts = [
    ...(tasks > 0 ? [`${tasksDone} of ${tasks} ${tasks === 1 ? 'task' : 'tasks'}`] : []),
    ...(requirements > 0 ? [`${requirementsDone} of ${requirements} ${requirements === 1 ? 'requirement' : 'requirements'}`] : []),
  ]
  return (
    <div>
      <div className="flex items-center gap-2">
        <div className="min-w-0 flex-1">
          <ProgressBar value={percent / 100} label={`Progress of ${name}`} tone={reached ? 'green' : atRisk ? 'red' : 'accent'} />
        </div>
        <span className="tabular w-9 shrink-0 text-right text-xs font-medium">{percent}%</span>
      </div>
      <p className="mt-0.5 text-xs text-ink-3">{parts.length > 0 ? `${parts.join(', ')} done` : 'No tasks or requirements yet'}</p>
    </div>
  )
}
