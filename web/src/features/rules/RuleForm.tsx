import { useState } from 'react'
import { ruleCreate, ruleList, ruleUpdate } from '@/api/product-rules'
import { Problem } from '@/api/problem'
import type { Priority, Rule, RuleEvent, TaskStatus } from '@/api/types'
import { PRIORITIES, TASK_STATUSES, options } from '@/api/words'
import { useTeam } from '@/shell/products/useProduct'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select } from '@/ui/inputs'
import { useEntityForm } from '@/ui/useEntityForm'
import { StepsInput } from './StepsInput'
import { EMPTY, actionOf, check, newRule, patchOf, valuesOf, whenOf, type Values } from './values'
import { EVENTS, sentence } from './words'

interface RuleFormProps {
  productId: string
  rule?: Rule
  onDone: (saved: Rule, before?: Rule) => void
  onCancel: () => void
}

/** The API can't read a single rule, so it is looked up in the list. */
async function reload({ id, product_id: productId }: Rule): Promise<Rule> {
  const found = (await ruleList(productId)).find((rule) => rule.id === id)
  if (!found) throw new Problem({ status: 404, code: 'not_found', title: 'Someone else deleted this rule' })
  return found
}

function Preview({ values, nameOf }: { values: Values; nameOf: (id: string) => string | undefined }) {
  const then = values.then.flatMap((step) => actionOf(step) ?? [])
  const words = sentence({ when: whenOf(values), then }, nameOf)
  return (
    <p role="status" aria-label="Rule summary" className="rounded-md bg-selected px-3 py-2">
      {words.when}, {then.length > 0 ? words.then : 'then …'}
    </p>
  )
}

/** Builds a rule as a sentence: when this happens to such a task, then do that. */
export function RuleForm({ productId, rule, onDone, onCancel }: RuleFormProps) {
  const { people, nameOf } = useTeam(productId)
  const [tried, setTried] = useState(false)
  const { form, edited } = useEntityForm<Rule, Values>({
    entity: rule,
    kind: 'rule',
    place: productId,
    empty: EMPTY,
    valuesOf,
    check,
    create: (values, key) => ruleCreate(productId, newRule(values), key),
    update: (base, values, before) => ruleUpdate(base, patchOf(values, before)),
    reload,
    onDone,
  })
  const { values, errors } = form
  const members = people.map(({ user_id: value, name }) => ({ value, label: name }))
  // A user whom a rule assigns tasks to may have left the team.
  const left = values.then
    .filter(({ user_id: id }) => id !== '' && !members.some(({ value }) => value === id))
    .map(({ user_id: value }) => ({ value, label: nameOf(value) ?? 'Former member' }))
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        setTried(true)
        form.onSubmit(event)
      }}
    >
      <FormNotes form={form} />
      <Field label="Name" required error={errors['name']}>
        <Input {...form.bind('name')} autoComplete="off" />
      </Field>
      <fieldset className="flex flex-col gap-3 rounded-md border border-line bg-surface p-3 dark:bg-sunken">
        <legend className="sr-only">Trigger</legend>
        <Field label="When" required error={errors['when.event']}>
          <Select<RuleEvent> {...form.bind('when.event')} options={options(EVENTS)} />
        </Field>
        <div className="grid gap-3 md:grid-cols-3">
          <Field label={values['when.event'] === 'task_status_changed' ? 'If it becomes' : 'If status is'} error={errors['when.status']}>
            <Select<TaskStatus | ''> {...form.bind('when.status')} options={options(TASK_STATUSES)} placeholder="Any" />
          </Field>
          <Field label="If priority is" error={errors['when.priority']}>
            <Select<Priority | ''> {...form.bind('when.priority')} options={options(PRIORITIES)} placeholder="Any" />
          </Field>
          <Field label="If it has the label" error={errors['when.label']}>
            <Input {...form.bind('when.label')} autoComplete="off" placeholder="Any" />
          </Field>
        </div>
      </fieldset>
      <StepsInput
        steps={values.then}
        people={[...members, ...left]}
        errors={errors}
        checked={tried}
        onChange={(then) => form.set('then', then)}
      />
      <Preview values={values} nameOf={nameOf} />
      <p className="text-xs text-ink-3">
        {rule ? 'Once you save it, it acts on your behalf.' : 'It acts on your behalf.'} Rules can trigger other rules, up to three in a
        row, so rules that undo each other don’t loop.
      </p>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onCancel)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy} disabled={Boolean(rule) && !edited}>
          {rule ? 'Save' : 'Create rule'}
        </Button>
      </FormActions>
    </form>
  )
}
