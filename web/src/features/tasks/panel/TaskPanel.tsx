import { useQuery } from '@tanstack/react-query'
import { Ellipsis, Eye, Link2, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Task, TaskPatch } from '@/api/types'
import { taskDelete, taskGet, taskUnwatch, taskWatch } from '@/api/tasks'
import { PRIORITIES, TASK_STATUSES, options } from '@/api/words'
import { useTeam } from '@/shell/products/useProduct'
import { Avatar } from '@/ui/Avatar'
import { SuspectBadge } from '@/ui/Badge'
import { Button, IconButton } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Dialog, SidePanel } from '@/ui/Dialog'
import { Menu, MenuItem } from '@/ui/Menu'
import { RelativeTime } from '@/ui/RelativeTime'
import { Select, TagInput } from '@/ui/inputs'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { DueMark, PriorityMark, TaskBadge } from '@/ui/TaskMarks'
import { toast } from '@/ui/Toast'
import { useAssignees } from '../TaskCreate'
import { useNames } from '../useNames'
import { useSaveTask } from '../useSaveTask'
import { useForgottenTask, useStoredTask } from '../useStoredTask'
import { useTaskAccess } from '../useTaskAccess'
import { parseHours } from '../values'
import { Attachments } from './Attachments'
import { Checklist } from './Checklist'
import { Comments } from './Comments'
import { EditableLine, EditableText, Row } from './Editable'
import { History } from './History'

interface FieldsProps {
  task: Task
  mayWrite: boolean
  mayProgress: boolean
  save: (patch: TaskPatch) => Promise<boolean>
}

const none = <span className="text-ink-3">None</span>

/** If nothing can be edited, the text starts where a control would. */
function Plain({ children }: { children: ReactNode }) {
  return <span className="block px-2.5 py-2">{children}</span>
}

function Links({ task, mayWrite, save }: Omit<FieldsProps, 'mayProgress'>) {
  const { requirements, milestones, nameOf } = useNames(task.product_id)
  return (
    <>
      <Row label="Requirement">
        {mayWrite ? (
          <Combobox
            value={task.requirement_id ?? ''}
            onChange={(id) => void save({ requirement_id: id || null })}
            options={requirements}
            placeholder="None"
            clearLabel="None"
          />
        ) : (
          <Plain>{nameOf(task.requirement_id) ?? none}</Plain>
        )}
        {task.requirement_suspect && (
          <p className="flex flex-wrap items-center gap-2 px-2.5 pb-1.5 text-xs text-ink-2">
            <SuspectBadge />
            It has changed since this task was linked.
            {mayWrite && (
              <Button className="!h-7 max-md:!h-11" onClick={() => void save({ requirement_id: task.requirement_id })}>
                Confirm
              </Button>
            )}
          </p>
        )}
      </Row>
      <Row label="Milestone">
        {mayWrite ? (
          <Combobox
            value={task.milestone_id ?? ''}
            onChange={(id) => void save({ milestone_id: id || null })}
            options={milestones}
            placeholder="None"
            clearLabel="None"
          />
        ) : (
          <Plain>{nameOf(task.milestone_id) ?? none}</Plain>
        )}
      </Row>
    </>
  )
}

function Fields({ task, mayWrite, mayProgress, save }: FieldsProps) {
  const people = useAssignees(task.product_id)
  const { nameOf } = useTeam(task.product_id)
  const assignee = nameOf(task.assignee_id)
  const hoursMistake = (typed: string) => {
    const parsed = parseHours(typed)
    return 'mistake' in parsed ? parsed.mistake : undefined
  }
  const saveHours = (typed: string) => {
    const parsed = parseHours(typed)
    if ('hours' in parsed) void save({ estimate_hours: parsed.hours })
  }
  // A former member may still be the assignee.
  const choices =
    task.assignee_id && !people.some(({ value }) => value === task.assignee_id)
      ? [...people, { value: task.assignee_id, label: assignee ?? 'Former member' }]
      : people
  return (
    // Controls look like text until hovered or focused.
    <dl className="flex flex-col [&_:is(select,button[aria-haspopup])]:border-transparent [&_:is(select,button[aria-haspopup])]:bg-transparent [&_:is(select,button[aria-haspopup]):hover]:border-line [&_select:focus]:border-focus">
      <Row label="Status">
        {mayProgress ? (
          <Select aria-label="Status" value={task.status} onChange={(status) => void save({ status })} options={options(TASK_STATUSES)} />
        ) : (
          <Plain>
            <TaskBadge status={task.status} />
          </Plain>
        )}
      </Row>
      <Row label="Assignee">
        {mayWrite ? (
          <Combobox
            value={task.assignee_id ?? ''}
            onChange={(id) => void save({ assignee_id: id || null })}
            options={choices}
            placeholder="Unassigned"
            clearLabel="Unassigned"
          />
        ) : (
          <Plain>
            {assignee ? (
              <span className="flex items-center gap-2">
                <Avatar name={assignee} size="small" />
                {assignee}
              </span>
            ) : (
              <span className="text-ink-3">Unassigned</span>
            )}
          </Plain>
        )}
      </Row>
      <Row label="Priority">
        {mayWrite ? (
          <Select
            aria-label="Priority"
            value={task.priority}
            onChange={(priority) => void save({ priority })}
            options={options(PRIORITIES)}
          />
        ) : (
          <Plain>
            <PriorityMark priority={task.priority} word />
          </Plain>
        )}
      </Row>
      <Row label="Due">
        <EditableLine
          type="date"
          label="Due date"
          value={task.due_on ?? ''}
          shown={task.due_on ? <DueMark dueOn={task.due_on} done={task.status === 'done'} /> : none}
          mayEdit={mayWrite}
          onSave={(day) => void save({ due_on: day || null })}
        />
      </Row>
      <Row label="Estimate">
        <EditableLine
          label="Estimate in hours"
          inputMode="decimal"
          value={task.estimate_hours ?? ''}
          shown={task.estimate_hours ? <span className="tabular">{task.estimate_hours} h</span> : none}
          mayEdit={mayWrite}
          mistake={hoursMistake}
          onSave={saveHours}
        />
      </Row>
      <Links task={task} mayWrite={mayWrite} save={save} />
      <Row label="Labels">
        {mayWrite ? (
          <span className="block [&>div]:border-transparent [&>div]:bg-transparent [&>div:hover]:border-line [&>div:focus-within]:border-focus">
            <TagInput value={task.labels} onChange={(labels) => void save({ labels })} placeholder="Add a label" max={20} />
          </span>
        ) : (
          <Plain>{task.labels.length > 0 ? task.labels.join(', ') : none}</Plain>
        )}
      </Row>
    </dl>
  )
}

function Detail({ task }: { task: Task }) {
  const { mayWrite, mayProgress, mayReadHistory } = useTaskAccess(task.product_id)
  const saveTask = useSaveTask()
  const save = (patch: TaskPatch) => saveTask(task, patch)
  const progresses = mayProgress(task)
  return (
    <div className="flex flex-col gap-6 focus:outline-none" data-autofocus tabIndex={-1}>
      <EditableLine
        label="Title"
        value={task.title}
        mayEdit={mayWrite}
        maxLength={200}
        mistake={(title) => (title.trim() === '' ? 'Enter a title.' : undefined)}
        onSave={(title) => void save({ title })}
        className="-mx-2.5 text-base font-semibold"
      />
      <Fields task={task} mayWrite={mayWrite} mayProgress={progresses} save={save} />
      <section aria-label="Description">
        <h3 className="mb-1 font-semibold">Description</h3>
        <EditableText
          value={task.description ?? ''}
          label="Description"
          empty="Add a description…"
          mayEdit={mayWrite}
          onSave={(description) => save({ description: description || null })}
        />
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

function Removal({ task, open, onClose, onGone }: { task: Task; open: boolean; onClose: () => void; onGone: () => void }) {
  const forgotten = useForgottenTask()
  const stored = useStoredTask()
  const [busy, setBusy] = useState(false)
  const remove = async () => {
    setBusy(true)
    try {
      await taskDelete(task)
      forgotten(task)
      toast.done(`${task.reference} deleted`)
      onGone()
    } catch (error) {
      toast.error(`Couldn’t delete ${task.reference}`, error)
      await taskGet(task).then(stored, () => undefined)
      onClose()
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Delete ${task.reference}?`}
      description={`“${task.title}” is deleted for everyone, with its comments and attachments. This can’t be undone.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={busy} onClick={() => void remove()}>
            Delete
          </Button>
        </>
      }
    />
  )
}

function Actions({ task, onGone }: { task: Task; onGone: () => void }) {
  const { me, mayWrite } = useTaskAccess(task.product_id)
  const stored = useStoredTask()
  const [removing, setRemoving] = useState(false)
  const watching = task.watcher_ids.includes(me.id)
  const watch = async () => {
    try {
      stored(await (watching ? taskUnwatch(task) : taskWatch(task)))
      toast.done(watching ? `You’re no longer watching ${task.reference}` : `You’re watching ${task.reference}`)
    } catch (error) {
      toast.error('Couldn’t save the change', error)
    }
  }
  const copy = async () => {
    await navigator.clipboard.writeText(`${window.location.origin}/products/${task.product_id}/tasks/${task.id}`)
    toast.done('Link copied')
  }
  return (
    <>
      <IconButton
        icon={Eye}
        label={watching ? 'Stop watching' : 'Watch'}
        aria-pressed={watching}
        onClick={() => void watch()}
        className={watching ? '!text-accent' : undefined}
      />
      <IconButton
        icon={Link2}
        label="Copy link"
        onClick={() => void copy().catch((error: unknown) => toast.error('Couldn’t copy the link', error))}
      />
      {mayWrite && (
        <Menu trigger={<IconButton icon={Ellipsis} label="Actions for this task" />}>
          <MenuItem icon={Trash2} danger onSelect={() => setRemoving(true)}>
            Delete
          </MenuItem>
        </Menu>
      )}
      <Removal task={task} open={removing} onClose={() => setRemoving(false)} onGone={onGone} />
    </>
  )
}

/** A task in full, next to its list or board. */
export function TaskPanel({ productId, taskId, onClose }: { productId: string; taskId: string; onClose: () => void }) {
  const query = useQuery({ queryKey: keys.tasks.one(productId, taskId), queryFn: () => taskGet({ id: taskId, product_id: productId }) })
  const { data: task, error } = query
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
      actions={task && !missing ? <Actions task={task} onGone={onClose} /> : undefined}
    >
      {body()}
    </SidePanel>
  )
}
