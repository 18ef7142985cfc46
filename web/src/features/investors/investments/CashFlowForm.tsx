import { cashFlowCreate, cashFlowUpdate } from '@/api/investments'
import { Problem } from '@/api/problem'
import type { CashFlow, CashFlowKind, Investment } from '@/api/types'
import { CASH_FLOW_KINDS, options } from '@/api/words'
import { today } from '@/lib/time'
import { AmountField } from '@/ui/AmountField'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, Textarea } from '@/ui/inputs'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { allCashFlows, useInvestmentsStale } from './useInvestments'
import { cashFlowPatch, cashFlowValues, checkCashFlow, freshCashFlow, newCashFlow, refusedAtField, type CashFlowValues } from './values'

const GONE = new Problem({ status: 404, code: 'not_found', title: 'Someone else deleted this cash flow' })

const HINTS: Record<CashFlowKind, string> = {
  contribution: 'Money paid in, such as a capital call.',
  distribution: 'Money paid back.',
  valuation: 'Value of the holding on that day.',
}

interface CashFlowFormProps {
  investment: Investment
  /** The cash flow to edit; without it, a new one. */
  flow?: CashFlow
  onDone: () => void
}

/** A contribution, distribution or valuation, in the investment's currency. */
export function CashFlowForm({ investment, flow, onDone }: CashFlowFormProps) {
  const { currency } = investment.commitment
  const stale = useInvestmentsStale()
  const { form } = useEntityForm<CashFlow, CashFlowValues>({
    entity: flow,
    kind: 'cash_flow',
    place: investment.id,
    empty: freshCashFlow(),
    valuesOf: cashFlowValues,
    check: (values) => checkCashFlow(values, currency),
    create: (values, key) => cashFlowCreate(investment, newCashFlow(values, currency), key).catch(refusedAtField),
    update: (base, values, before) => cashFlowUpdate(base, cashFlowPatch(values, before, currency)).catch(refusedAtField),
    reload: async (base) => {
      const newer = (await allCashFlows(investment)).find(({ id }) => id === base.id)
      stale(investment.investor_id)
      if (!newer) throw GONE
      return newer
    },
    onDone: (saved) => {
      stale(investment.investor_id)
      toast.done(flow ? 'Saved' : `${CASH_FLOW_KINDS[saved.kind]} recorded`)
      onDone()
    },
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} words={{ kind: { show: (kind: CashFlowKind) => CASH_FLOW_KINDS[kind] } }} />
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Kind" required hint={HINTS[form.values.kind]} error={form.errors['kind']}>
          <Select {...form.bind('kind')} options={options(CASH_FLOW_KINDS)} />
        </Field>
        <Field label="Date" required error={form.errors['date']}>
          <Input {...form.bind('date')} type="date" max={today()} />
        </Field>
      </div>
      <AmountField label={`Amount in ${currency}`} currency={currency} error={form.errors['amount']} {...form.bind('amount')} />
      <Field label="Notes" error={form.errors['notes']}>
        <Textarea {...form.bind('notes')} rows={2} />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onDone)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          {flow ? 'Save' : 'Record'}
        </Button>
      </FormActions>
    </form>
  )
}
