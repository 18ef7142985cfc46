import { Plus, X } from 'lucide-react'
import type { Priority, RuleAction, RuleRecipient, TaskStatus } from '@/api/types'
import { PRIORITIES, TASK_STATUSES, options } from '@/api/words'
import { Button, IconButton } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input, Select, type Option } from '@/ui/inputs'
import { FRESH_STEP, MAX_ACTIONS, stepMistake, type Step } from './values'
import { ACTIONS, RECIPIENTS } from './words'

interface RowProps {
  step: Step
  /** Position, starting at 1. */
  place: number
  people: readonly Option[]
  error: string | undefined
  onChange: (step: Step) => void
  onRemove: (() => void) | undefined
}

/** The fields of an action besides its kind; an error is shown at the missing field. */
function Detail({ step, people, error, onChange }: Pick<RowProps, 'step' | 'people' | 'error' | 'onChange'>) {
  const field = (label: string) => ({ label, required: true, className: 'min-w-0 flex-1', ...(error ? { error } : {}) })
  switch (step.action) {
    case 'set_status':
      return (
        <Field {...field('Status')}>
          <Select<TaskStatus>
            value={step.status}
            options={options(TASK_STATUSES)}
            placeholder="Choose"
            onChange={(status) => onChange({ ...step, status })}
          />
        </Field>
      )
    case 'set_priority':
      return (
        <Field {...field('Priority')}>
          <Select<Priority>
            value={step.priority}
            options={options(PRIORITIES)}
            placeholder="Choose"
            onChange={(priority) => onChange({ ...step, priority })}
          />
        </Field>
      )
    case 'assign':
      return (
        <Field {...field('Person')}>
          <Select value={step.user_id} options={people} placeholder="Choose" onChange={(user_id) => onChange({ ...step, user_id })} />
        </Field>
      )
    case 'add_label':
      return (
        <Field {...field('Label')}>
          <Input value={step.label} autoComplete="off" onChange={(label) => onChange({ ...step, label })} />
        </Field>
      )
    case 'notify':
      return (
        <Field {...field('Recipient')}>
          <Select<RuleRecipient>
            value={step.recipient}
            options={options(RECIPIENTS)}
            onChange={(recipient) => onChange({ ...step, recipient })}
          />
        </Field>
      )
  }
}

function Row({ step, place, people, error, onChange, onRemove }: RowProps) {
  const isNotify = step.action === 'notify'
  return (
    <li className="flex flex-col gap-2 rounded-md border border-line bg-surface p-3 dark:bg-sunken" aria-label={`Action ${place}`}>
      <div className="flex items-start gap-2 max-md:flex-wrap">
        <Field label={place === 1 ? 'Then' : 'And'} required className="w-44 max-md:w-full">
          <Select<RuleAction['action']>
            value={step.action}
            options={options(ACTIONS)}
            onChange={(action) => onChange({ ...step, action })}
          />
        </Field>
        <Detail step={step} people={people} error={isNotify ? undefined : error} onChange={onChange} />
        {onRemove && (
          <span className="pt-6">
            <IconButton icon={X} label={`Remove action ${place}`} onClick={onRemove} />
          </span>
        )}
      </div>
      {isNotify && (
        <Field label="Message" required {...(error ? { error } : {})}>
          <Input value={step.message} autoComplete="off" onChange={(message) => onChange({ ...step, message })} />
        </Field>
      )}
    </li>
  )
}

/** A rule's actions: one to five, in order. */
export function StepsInput({
  steps,
  people,
  errors,
  checked,
  onChange,
}: {
  steps: readonly Step[]
  people: readonly Option[]
  errors: Record<string, string>
  checked: boolean
  onChange: (steps: Step[]) => void
}) {
  return (
    <div className="flex flex-col gap-2">
      <ol aria-label="Actions" className="flex flex-col gap-2">
        {steps.map((step, index) => (
          <Row
            // Rows have no identity of their own.
            key={index}
            step={step}
            place={index + 1}
            people={people}
            error={(checked ? stepMistake(step) : undefined) ?? errors[`then[${index}]`]}
            onChange={(next) => onChange(steps.map((old, at) => (at === index ? next : old)))}
            onRemove={steps.length > 1 ? () => onChange(steps.filter((_, at) => at !== index)) : undefined}
          />
        ))}
      </ol>
      {steps.length < MAX_ACTIONS && (
        <Button variant="quiet" icon={Plus} className="self-start" onClick={() => onChange([...steps, FRESH_STEP])}>
          Add action
        </Button>
      )}
    </div>
  )
}
