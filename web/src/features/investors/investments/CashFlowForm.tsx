import { useState } from 'react'
import { cashFlowCreate, cashFlowUpdate } from '@/api/investments'
import { Problem } from '@/api/problem'
import type { CashFlow, CashFlowKind, Investment } from '@/api/types'
import { CASH_FLOW_KINDS, options } from '@/api/words'
import { rebase } from '@/lib/rebase'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { Input, Select, Textarea } from '@/ui/inputs'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { allCashFlows, useInvestmentsStale } from './useInvestments'
import { atField, cashFlowPatch, cashFlowValues, checkCashFlow, freshCashFlow, newCashFlow, today, type CashFlowValues } from './values'

const CHANGED_MEANWHILE = new Problem({
  status: 412,
  code: 'stale_version',
  title: 'Someone else changed this cash flow',
  detail: 'Their version is now shown with your edits on top. Review it and save again.',
})
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
  const [base, setBase] = useState(flow)
  const stale = useInvestmentsStale()
  const [initial, setInitial] = useState(() => (flow ? cashFlowValues(flow) : freshCashFlow()))
  const form = useForm<CashFlowValues, CashFlow>({
    initial,
    check: (values) => checkCashFlow(values, currency),
    send: async (values, key) => {
      try {
        if (!base) return await cashFlowCreate(investment, newCashFlow(values, currency), key)
        return await cashFlowUpdate(base, cashFlowPatch(values, initial, currency))
      } catch (error) {
        if (!base || !(error instanceof Problem) || error.status !== 412) throw atField(error)
        const newer = (await allCashFlows(investment)).find(({ id }) => id === base.id)
        stale(investment.investor_id)
        if (!newer) throw GONE
        form.reset(rebase(values, initial, cashFlowValues(newer)))
        setInitial(cashFlowValues(newer))
        setBase(newer)
        throw CHANGED_MEANWHILE
      }
    },
    onDone: (saved) => {
      stale(investment.investor_id)
      toast.done(flow ? 'Saved' : `${CASH_FLOW_KINDS[saved.kind]} recorded`)
      onDone()
    },
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Kind" required hint={HINTS[form.values.kind]} error={form.errors['kind']}>
          <Select {...form.bind('kind')} options={options(CASH_FLOW_KINDS)} />
        </Field>
        <Field label="Date" required error={form.errors['date']}>
          <Input {...form.bind('date')} type="date" max={today()} />
        </Field>
      </div>
      <Field label={`Amount in ${currency}`} required error={form.errors['amount']}>
        <Input {...form.bind('amount')} inputMode="decimal" autoComplete="off" className="tabular" />
      </Field>
      <Field label="Notes" error={form.errors['notes']}>
        <Textarea {...form.bind('notes')} rows={2} />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          {base ? 'Save' : 'Record'}
        </Button>
      </FormActions>
    </form>
  )
}
