import { investmentCreate, investmentGet, investmentUpdate } from '@/api/investments'
import type { Investment } from '@/api/types'
import { INVESTMENT_KINDS, INVESTMENT_STATUSES, options } from '@/api/words'
import { CURRENCIES } from '@/lib/currencies'
import { AmountField } from '@/ui/AmountField'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, Textarea } from '@/ui/inputs'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { useInvestmentsStale } from './useInvestments'
import {
  checkInvestment,
  freshInvestment,
  investmentPatch,
  investmentValues,
  newInvestment,
  refusedAtField,
  type InvestmentValues,
} from './values'

interface InvestmentFormProps {
  investorId: string
  /** The investment to edit; without it, a new one. */
  investment?: Investment
  /** The currency of a new one; empty if it has to be chosen. */
  currency?: string
  onDone: (saved: Investment) => void
  onCancel: () => void
}

/** All fields of a new or existing investment; only edited fields are sent. */
export function InvestmentForm({ investorId, investment, currency = '', onDone, onCancel }: InvestmentFormProps) {
  const stale = useInvestmentsStale()
  const { form } = useEntityForm<Investment, InvestmentValues>({
    entity: investment,
    kind: 'investment',
    place: investorId,
    empty: freshInvestment(currency),
    valuesOf: investmentValues,
    check: checkInvestment,
    create: (values, key) => investmentCreate(investorId, newInvestment(values), key).catch(refusedAtField),
    update: (base, values, before) => investmentUpdate(base, investmentPatch(values, before)).catch(refusedAtField),
    reload: (base) => {
      stale(investorId)
      return investmentGet(base)
    },
    onDone: (saved) => {
      stale(investorId)
      toast.done(`${saved.name} saved`)
      onDone(saved)
    },
  })
  // Amounts of cash flows are in the investment's currency.
  const fixed = (investment?.cash_flows ?? 0) > 0
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes
        form={form}
        words={{
          kind: { show: (kind: InvestmentValues['kind']) => INVESTMENT_KINDS[kind] },
          status: { show: (status: InvestmentValues['status']) => INVESTMENT_STATUSES[status] },
        }}
      />
      <Field label="Name" required error={form.errors['name']}>
        <Input {...form.bind('name')} autoComplete="off" />
      </Field>
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Kind" required error={form.errors['kind']}>
          <Select {...form.bind('kind')} options={options(INVESTMENT_KINDS)} />
        </Field>
        <Field label="Round" error={form.errors['round']}>
          <Input {...form.bind('round')} placeholder="Series A" autoComplete="off" />
        </Field>
        <AmountField label="Committed" currency={form.values.currency} error={form.errors['amount']} {...form.bind('amount')} />
        <Field label="Currency" required hint={fixed ? 'Can’t change: the cash flows use it.' : undefined} error={form.errors['currency']}>
          <Combobox {...form.bind('currency')} options={CURRENCIES} disabled={fixed} />
        </Field>
        <Field label="Invested on" required error={form.errors['invested_on']}>
          <Input {...form.bind('invested_on')} type="date" />
        </Field>
        <Field label="Status" required error={form.errors['status']}>
          <Select {...form.bind('status')} options={options(INVESTMENT_STATUSES)} />
        </Field>
      </div>
      <Field label="Notes" error={form.errors['notes']}>
        <Textarea {...form.bind('notes')} rows={3} />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onCancel)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          {investment ? 'Save' : 'Add investment'}
        </Button>
      </FormActions>
    </form>
  )
}
