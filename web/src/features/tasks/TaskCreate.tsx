import { useMemo } from 'react'
import type { Task, TaskStatus } from '@/api/types'
import { taskCreate } from '@/api/tasks'
import { PRIORITIES, TASK_STATUSES, options } from '@/api/words'
import { useTeam } from '@/shell/products/useProduct'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, TagInput, Textarea } from '@/ui/inputs'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { useNames } from './useNames'
import { useStoredTask } from './useStoredTask'
import { checkTask, freshTask, newTask, type TaskValues } from './values'

/** The team as options of a select. */
export function useAssignees(productId: string) {
  const { people } = useTeam(productId)
  return useMemo(() => people.map(({ user_id: value, name: label, username: note }) => ({ value, label, note })), [people])
}

interface TaskFormProps {
  productId: string
  given: Partial<TaskValues>
  onDone: (task: Task) => void
  onCancel: () => void
}

function TaskForm({ productId, given, onDone, onCancel }: TaskFormProps) {
  const people = useAssignees(productId)
  const { requirements, milestones } = useNames(productId)
  const form = useForm<TaskValues, Task>({
    initial: freshTask(given),
    draft: `task/new/${productId}`,
    check: checkTask,
    send: (values, key) => taskCreate(productId, newTask(values), key),
    onDone,
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Field label="Title" required error={form.errors['title']}>
        <Input {...form.bind('title')} maxLength={200} autoComplete="off" />
      </Field>
      <Field label="Description" hint="Markdown: **bold**, lists, tables, links." error={form.errors['description']}>
        <Textarea {...form.bind('description')} rows={4} />
      </Field>
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Column" required error={form.errors['status']}>
          <Select {...form.bind('status')} options={options(TASK_STATUSES)} />
        </Field>
        <Field label="Priority" required error={form.errors['priority']}>
          <Select {...form.bind('priority')} options={options(PRIORITIES)} />
        </Field>
        <Field label="Assignee" error={form.errors['assignee_id']}>
          <Combobox {...form.bind('assignee_id')} options={people} placeholder="Unassigned" clearLabel="Unassigned" />
        </Field>
        <Field label="Due" error={form.errors['due_on']}>
          <Input {...form.bind('due_on')} type="date" />
        </Field>
        <Field label="Requirement" error={form.errors['requirement_id']}>
          <Combobox {...form.bind('requirement_id')} options={requirements} placeholder="None" clearLabel="None" />
        </Field>
        <Field label="Milestone" error={form.errors['milestone_id']}>
          <Combobox {...form.bind('milestone_id')} options={milestones} placeholder="None" clearLabel="None" />
        </Field>
        <Field label="Estimate in hours" error={form.errors['estimate_hours']}>
          <Input {...form.bind('estimate_hours')} inputMode="decimal" autoComplete="off" className="tabular" />
        </Field>
        <Field label="Labels" error={form.errors['labels']}>
          <TagInput value={form.values.labels} onChange={(labels) => form.set('labels', labels)} max={20} />
        </Field>
      </div>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onCancel)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Create task
        </Button>
      </FormActions>
    </form>
  )
}

export interface TaskCreateProps {
  productId: string
  open: boolean
  /** Initial form values. */
  given?: Partial<TaskValues>
  onOpenTask: (task: Task) => void
  onClose: () => void
}

/** The dialog for a new task. */
export function TaskCreate({ productId, open, given = {}, onOpenTask, onClose }: TaskCreateProps) {
  const stored = useStoredTask()
  const done = (task: Task) => {
    stored(task)
    onClose()
    toast.done(`${task.reference} created`, { action: { label: 'Open', run: () => onOpenTask(task) } })
  }
  return (
    <Dialog open={open} onClose={onClose} title="New task" size="large">
      {open && <TaskForm productId={productId} given={given} onDone={done} onCancel={onClose} />}
    </Dialog>
  )
}

/** Initial values of a new task in a filtered list, so that the task matches the filters. */
export function givenBy(
  filter: { assignee?: string; requirement?: string; milestone?: string; label?: string; priority?: TaskValues['priority'] },
  status?: TaskStatus,
): Partial<TaskValues> {
  return {
    ...(status && { status }),
    ...(filter.assignee && filter.assignee !== 'none' && { assignee_id: filter.assignee }),
    ...(filter.requirement && { requirement_id: filter.requirement }),
    ...(filter.milestone && { milestone_id: filter.milestone }),
    ...(filter.label && { labels: [filter.label] }),
    ...(filter.priority && { priority: filter.priority }),
  }
}
