import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Task, TaskPatch } from '@/api/types'
import { taskGet } from '@/api/tasks'
import { useTitlePart } from '@/lib/title'
import { SidePanel } from '@/ui/Dialog'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { useSaveTask } from '../useSaveTask'
import { useTaskAccess } from '../useTaskAccess'
import { Attachments } from './Attachments'
import { Checklist } from './Checklist'
import { Comments } from './Comments'
import { EditableLine, EditableText } from './Editable'
import { History } from './History'
import { TaskActions } from './TaskActions'
import { TaskFields } from './TaskFields'

function Detail({ task }: { task: Task }) {
  const { mayWrite, mayProgress, mayReadHistory } = useTaskAccess(task.product_id)
  const saveTask = useSaveTask()
  const save = (patch: TaskPatch) => saveTask(task, patch)
  const progresses = mayProgress(task)
  return (
    <div className="flex flex-col gap-6 focus:outline-none" data-autofocus tabIndex={-1}>
      <EditableLine
        task={task}
        field="title"
        label="Title"
        shown={task.title}
        mayEdit={mayWrite}
        maxLength={200}
        mistake={(title) => (title.trim() === '' ? 'Enter a title.' : undefined)}
        className="-mx-2.5 text-base font-semibold"
      />
      <TaskFields task={task} mayWrite={mayWrite} mayProgress={progresses} save={save} />
      <section aria-label="Description">
        <h3 className="mb-1 font-semibold">Description</h3>
        <EditableText task={task} field="description" label="Description" empty="Add a description…" mayEdit={mayWrite} />
      </section>
      <Checklist task={task} mayEdit={progresses} />
      <Attachments task={task} />
      <Comments task={task} />
      {mayReadHistory && <History task={task} />}
      <p className="text-xs text-ink-3">
        Created by {task.created_by_name} <RelativeTime at={task.created_at} /> · changed <RelativeTime at={task.updated_at} />
      </p>
    </div>
  )
}

/** A task in full, next to its list or board. */
export function TaskPanel({ productId, taskId, onClose }: { productId: string; taskId: string; onClose: () => void }) {
  const query = useQuery({ queryKey: keys.tasks.one(productId, taskId), queryFn: () => taskGet({ id: taskId, product_id: productId }) })
  const { data: task, error } = query
  useTitlePart(task && `${task.reference} ${task.title}`)
  const missing = error !== null && asProblem(error).status === 404
  const body = () => {
    if (missing)
      return (
        <EmptyState icon={Trash2} title="Task not found">
          It was deleted, or you don’t have access to it.
        </EmptyState>
      )
    if (task) return <Detail task={task} />
    return error ? <ErrorState error={error} onRetry={() => void query.refetch()} /> : <SkeletonLines lines={10} />
  }
  return (
    <SidePanel
      open
      onClose={onClose}
      title={
        <span className="tabular">
          {task?.reference ?? 'Task'}
          <span className="sr-only"> {task?.title}</span>
        </span>
      }
      actions={task && !missing ? <TaskActions task={task} onGone={onClose} /> : undefined}
    >
      {body()}
    </SidePanel>
  )
}
