import { milestoneCreate, milestoneGet, milestoneUpdate } from '@/api/milestones'
import type { Milestone } from '@/api/types'
import { MILESTONE_STATUSES, options } from '@/api/words'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, Textarea } from '@/ui/inputs'
import { useEntityForm } from '@/ui/useEntityForm'
import { EMPTY, check, newMilestone, patchOf, valuesOf, type Values } from './values'

interface MilestoneFormProps {
  productId: string
  milestone?: Milestone
  onDone: (saved: Milestone, before?: Milestone) => void
  onCancel: () => void
}

export function MilestoneForm({ productId, milestone, onDone, onCancel }: MilestoneFormProps) {
  const { form, edited } = useEntityForm<Milestone, Values>({
    entity: milestone,
    kind: 'milestone',
    place: productId,
    empty: EMPTY,
    valuesOf,
    check,
    create: (values, key) => milestoneCreate(productId, newMilestone(values), key),
    update: (base, values, before) => milestoneUpdate(base, patchOf(values, before)),
    reload: milestoneGet,
    onDone,
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Field label="Name" required error={form.errors['name']}>
        <Input {...form.bind('name')} autoComplete="off" />
      </Field>
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Due on" required error={form.errors['due_on']}>
          <Input {...form.bind('due_on')} type="date" />
        </Field>
        {milestone && (
          <Field label="Status" required error={form.errors['status']}>
            <Select {...form.bind('status')} options={options(MILESTONE_STATUSES)} />
          </Field>
        )}
      </div>
      <Field label="Description" error={form.errors['description']} hint="Markdown: headings, lists, links.">
        <Textarea {...form.bind('description')} rows={4} />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onCancel)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy} disabled={Boolean(milestone) && !edited}>
          {milestone ? 'Save' : 'Create milestone'}
        </Button>
      </FormActions>
    </form>
  )
}
