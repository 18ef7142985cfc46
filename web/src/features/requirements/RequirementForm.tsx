import { Problem } from '@/api/problem'
import type { Requirement } from '@/api/types'
import { requirementCreate, requirementGet, requirementUpdate } from '@/api/requirements'
import { PRIORITIES, REQUIREMENT_STATUSES, options } from '@/api/words'
import { useMilestones, useRequirements } from '@/shell/products/useRequirements'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, Textarea } from '@/ui/inputs'
import { useEntityForm } from '@/ui/useEntityForm'
import { CriteriaInput } from './CriteriaInput'
import { LinksInput } from './LinksInput'
import { within } from './tree'
import { useStoredRequirement } from './useStored'
import { EMPTY, check, newRequirement, patchOf, valuesOf, type Values } from './values'

/** Shows a refusal of a taken external ID at its field. */
async function atField<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'external_id_taken') throw error
    const { status, code, title, detail } = error
    throw new Problem({ status, code, title, detail, errors: [{ field: 'external_id', code, message: detail ?? title }] })
  }
}

interface RequirementFormProps {
  productId: string
  requirement?: Requirement
  /** For a new requirement. */
  parentId?: string
  onDone: (saved: Requirement, before?: Requirement) => void
  onCancel: () => void
}

/** All fields of a new or existing requirement; only edited fields are sent. */
export function RequirementForm({ productId, requirement, parentId = '', onDone, onCancel }: RequirementFormProps) {
  const stored = useStoredRequirement()
  const { requirements, loading } = useRequirements(productId)
  const milestones = useMilestones(productId)
  const { form, edited } = useEntityForm<Requirement, Values>({
    entity: requirement,
    kind: 'requirement',
    place: productId,
    empty: { ...EMPTY, parent_id: parentId },
    valuesOf,
    check,
    create: (values, key) => atField(requirementCreate(productId, newRequirement(values), key)),
    update: (base, values, before) => atField(requirementUpdate(base, patchOf(values, before))),
    reload: async (base) => {
      const newer = await requirementGet(base)
      stored(newer)
      return newer
    },
    onDone: (saved, before) => {
      stored(saved)
      onDone(saved, before)
    },
  })
  const below = requirement ? within(requirements, requirement.id) : new Set<string>()
  const named = requirements.map(({ id, reference, title }) => ({ value: id, label: `${reference} ${title}` }))
  const days = (milestones.data ?? []).map(({ id, name, due_on: due }) => ({ value: id, label: name, note: due }))
  const gone = loading
    ? []
    : form.values.links
        .filter(({ requirement_id: id }) => id !== '' && !named.some(({ value }) => value === id))
        .map(({ requirement_id: id }) => ({ value: id, label: 'A deleted requirement' }))
  const linkError = Object.entries(form.errors).find(([field]) => field.startsWith('links'))?.[1]
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Field label="Title" required error={form.errors['title']}>
        <Input {...form.bind('title')} autoComplete="off" placeholder="The sensor shall …" />
      </Field>
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Priority" required error={form.errors['priority']}>
          <Select {...form.bind('priority')} options={options(PRIORITIES)} />
        </Field>
        <Field label="Status" required error={form.errors['status']}>
          <Select {...form.bind('status')} options={options(REQUIREMENT_STATUSES)} />
        </Field>
      </div>
      <Field label="Description" error={form.errors['description']} hint="Markdown: headings, lists, links.">
        <Textarea {...form.bind('description')} rows={6} />
      </Field>
      <CriteriaInput
        value={form.values.acceptance_criteria}
        onChange={(criteria) => form.set('acceptance_criteria', criteria)}
        error={form.errors['acceptance_criteria']}
      />
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Parent" error={form.errors['parent_id']}>
          <Combobox
            {...form.bind('parent_id')}
            options={named.filter(({ value }) => !below.has(value))}
            loading={loading}
            clearLabel="None"
            placeholder="None"
          />
        </Field>
        <Field label="Milestone" error={form.errors['milestone_id']}>
          <Combobox {...form.bind('milestone_id')} options={days} loading={milestones.isPending} clearLabel="None" placeholder="None" />
        </Field>
      </div>
      <LinksInput
        value={form.values.links}
        onChange={(links) => form.set('links', links)}
        choices={[...named.filter(({ value }) => value !== requirement?.id), ...gone]}
        loading={loading}
        error={linkError}
      />
      <Field label="External ID" error={form.errors['external_id']} hint="ID in another system.">
        <Input {...form.bind('external_id')} autoComplete="off" />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onCancel)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy} disabled={Boolean(requirement) && !edited}>
          {requirement ? 'Save' : 'Create requirement'}
        </Button>
      </FormActions>
    </form>
  )
}
