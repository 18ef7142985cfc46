import { useState } from 'react'
import { investmentCreate, investmentGet, investmentUpdate } from '@/api/investments'
import { Problem } from '@/api/problem'
import type { Investment } from '@/api/types'
import { INVESTMENT_KINDS, INVESTMENT_STATUSES, options } from '@/api/words'
import { CURRENCIES } from '@/lib/currencies'
import { rebase } from '@/lib/rebase'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { Input, Select, Textarea } from '@/ui/inputs'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { useInvestmentsStale } from './useInvestments'
import {
  atField,
  checkInvestment,
  freshInvestment,
  investmentPatch,
  investmentValues,
  newInvestment,
  type InvestmentValues,
} from './values'

const CHANGED_MEANWHILE = new Problem({
  status: 412,
  code: 'stale_version',
  title: 'Someone else changed this investment',
  detail: 'Their version is now shown with your edits on top. Review it and save again.',
})

interface InvestmentFormProps {
  investorId: string
  /** The investment to edit; without it, a new one. */
  investment?: Investment
  onDone: (saved: Investment) => void
  onCancel: () => void
}

/** All fields of a new or existing investment; only edited fields are sent. */
export function InvestmentForm({ investorId, investment, onDone, onCancel }: InvestmentFormProps) {
  const [base, setBase] = useState(investment)
  const stale = useInvestmentsStale()
  const [initial, setInitial] = useState(() => (investment ? investmentValues(investment) : freshInvestment()))
  const form = useForm<InvestmentValues, Investment>({
    initial,
    check: checkInvestment,
    send: async (values, key) => {
      try {
        if (!base) return await investmentCreate(investorId, newInvestment(values), key)
        return await investmentUpdate(base, investmentPatch(values, initial))
      } catch (error) {
        if (!base || !(error instanceof Problem) || error.status !== 412) throw atField(error)
        const newer = await investmentGet(base)
        stale(investorId)
        form.reset(rebase(values, initial, investmentValues(newer)))
        setInitial(investmentValues(newer))
        setBase(newer)
        throw CHANGED_MEANWHILE
      }
    },
    onDone: (saved) => {
      stale(investorId)
      toast.done(`${saved.name} saved`)
      onDone(saved)
    },
  })
  // Amounts of cash flows are in the investment's currency.
  const fixed = (base?.cash_flows ?? 0) > 0
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
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
        <Field label="Committed" required error={form.errors['amount']}>
          <Input {...form.bind('amount')} inputMode="decimal" placeholder="1,250,000.00" autoComplete="off" className="tabular" />
        </Field>
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
        <Button variant="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          {base ? 'Save' : 'Add investment'}
        </Button>
      </FormActions>
    </form>
  )
}
