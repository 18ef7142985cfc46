import { useMutation, useQuery } from '@tanstack/react-query'
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

/** Where nothing can be edited, text stands where a control would begin. */
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
            It changed since this task was linked.
            {mayWrite && (
              <Button className="!h-7 max-md:!h-11" onClick={() => void save({ requirement_id: task.requirement_id })}>
                It still fits
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
  // Someone who left the product may still be the assignee.
  const choices =
    task.assignee_id && !people.some(({ value }) => value === task.assignee_id)
      ? [...people, { value: task.assignee_id, label: assignee ?? 'Someone who left' }]
      : people
  return (
    // Controls look like text until they are pointed at or have the focus.
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
            placeholder="Nobody"
            clearLabel="Nobody"
          />
        ) : (
          <Plain>
            {assignee ? (
              <span className="flex items-center gap-2">
                <Avatar name={assignee} size="small" />
                {assignee}
              </span>
            ) : (
              <span className="text-ink-3">Nobody</span>
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
          empty="Say what is to be done and why…"
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
  const removal = useMutation({
    mutationFn: () => taskDelete(task),
    onSuccess: () => {
      forgotten(task)
      toast.done(`${task.reference} is deleted`)
      onGone()
    },
    onError: async (error) => {
      toast.error(`${task.reference} is not deleted`, error)
      await taskGet(task).then(stored, () => undefined)
      onClose()
    },
  })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Delete ${task.reference}?`}
      description={`“${task.title}” goes with its comments and attachments, for everyone, and cannot be brought back.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={removal.isPending} onClick={() => removal.mutate()}>
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
  const watch = useMutation({
    mutationFn: (on: boolean) => (on ? taskWatch(task) : taskUnwatch(task)),
    onSuccess: (saved, on) => {
      stored(saved)
      toast.done(on ? `You are told what happens to ${task.reference}` : `You no longer watch ${task.reference}`)
    },
    onError: (error) => toast.error('Not changed', error),
  })
  const copy = async () => {
    await navigator.clipboard.writeText(`${window.location.origin}/products/${task.product_id}/tasks/${task.id}`)
    toast.done('The link is copied')
  }
  return (
    <>
      <IconButton
        icon={Eye}
        label={watching ? 'Stop watching' : 'Watch'}
        aria-pressed={watching}
        onClick={() => watch.mutate(!watching)}
        className={watching ? '!text-accent' : undefined}
      />
      <IconButton
        icon={Link2}
        label="Copy the link"
        onClick={() => void copy().catch((error: unknown) => toast.error('Not copied', error))}
      />
      {mayWrite && (
        <Menu trigger={<IconButton icon={Ellipsis} label="More about this task" />}>
          <MenuItem icon={Trash2} danger onSelect={() => setRemoving(true)}>
            Delete
          </MenuItem>
        </Menu>
      )}
      <Removal task={task} open={removing} onClose={() => setRemoving(false)} onGone={onGone} />
    </>
  )
}

/** A task in full, beside the list or board that it is in. */
export function TaskPanel({ productId, taskId, onClose }: { productId: string; taskId: string; onClose: () => void }) {
  const query = useQuery({ queryKey: keys.tasks.one(productId, taskId), queryFn: () => taskGet({ id: taskId, product_id: productId }) })
  const { data: task, error } = query
  const missing = error !== null && asProblem(error).status === 404
  const body = () => {
    if (missing)
      return (
        <EmptyState icon={Trash2} title="No such task">
          It is deleted, or not yours to see.
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
