import { type ReactNode } from 'react'
import type { Task, TaskPatch } from '@/api/types'
import { PRIORITIES, TASK_STATUSES, options } from '@/api/words'
import { useTeam } from '@/shell/products/useProduct'
import { Avatar } from '@/ui/Avatar'
import { SuspectBadge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Select, TagInput } from '@/ui/inputs'
import { DueMark, PriorityMark, TaskBadge } from '@/ui/TaskMarks'
import { useAssignees } from '../TaskCreate'
import { useNames } from '../useNames'
import { parseHours } from '../values'
import { EditableLine, Row } from './Editable'

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

function Assignee({ task, mayWrite, save }: Omit<FieldsProps, 'mayProgress'>) {
  const people = useAssignees(task.product_id)
  const { nameOf } = useTeam(task.product_id)
  const assignee = nameOf(task.assignee_id)
  // A former member may still be the assignee.
  const choices =
    task.assignee_id && !people.some(({ value }) => value === task.assignee_id)
      ? [...people, { value: task.assignee_id, label: assignee ?? 'Former member' }]
      : people
  return (
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
  )
}

function Estimate({ task, mayWrite }: Pick<FieldsProps, 'task' | 'mayWrite'>) {
  const mistake = (typed: string) => {
    const parsed = parseHours(typed)
    return 'mistake' in parsed ? parsed.mistake : undefined
  }
  return (
    <Row label="Estimate">
      <EditableLine
        task={task}
        field="estimate_hours"
        label="Estimate in hours"
        inputMode="decimal"
        shown={task.estimate_hours ? <span className="tabular">{task.estimate_hours} h</span> : none}
        mayEdit={mayWrite}
        mistake={mistake}
      />
    </Row>
  )
}

/** The fields of a task other than its texts, each editable in place. */
export function TaskFields({ task, mayWrite, mayProgress, save }: FieldsProps) {
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
      <Assignee task={task} mayWrite={mayWrite} save={save} />
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
          task={task}
          field="due_on"
          type="date"
          label="Due date"
          shown={task.due_on ? <DueMark dueOn={task.due_on} done={task.status === 'done'} /> : none}
          mayEdit={mayWrite}
        />
      </Row>
      <Estimate task={task} mayWrite={mayWrite} />
      <Links task={task} mayWrite={mayWrite} save={save} />
      <Row label="Labels">
        {mayWrite ? (
          <span className="block [&>div]:border-transparent [&>div]:bg-transparent [&>div:hover]:border-line [&>div:focus-within]:border-focus">
            <TagInput
              label="Add a label"
              value={task.labels}
              onChange={(labels) => void save({ labels })}
              placeholder="Add a label"
              max={20}
            />
          </span>
        ) : (
          <Plain>{task.labels.length > 0 ? task.labels.join(', ') : none}</Plain>
        )}
      </Row>
    </dl>
  )
}
