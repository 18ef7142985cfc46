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
  title: 'Somebody else changed this cash flow meanwhile',
  detail: 'Their version is shown now, with your edits on top. Look it over and save again.',
})
const GONE = new Problem({ status: 404, code: 'not_found', title: 'Somebody else deleted this cash flow meanwhile' })

const HINTS: Record<CashFlowKind, string> = {
  contribution: 'Paid in, such as a capital call.',
  distribution: 'Paid back.',
  valuation: 'What is held was worth this much on that day.',
}

interface CashFlowFormProps {
  investment: Investment
  /** The one to edit; a new one without it. */
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
        <Field label="Day" required error={form.errors['date']}>
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
