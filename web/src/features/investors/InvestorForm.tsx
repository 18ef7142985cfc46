import { useState } from 'react'
import { investorCreate, investorGet, investorUpdate } from '@/api/investors'
import { Problem } from '@/api/problem'
import type { Investor } from '@/api/types'
import { INVESTOR_KINDS, INVESTOR_STATUSES, TIERS, options } from '@/api/words'
import { COUNTRIES } from '@/lib/countries'
import { rebase } from '@/lib/rebase'
import { useCan } from '@/session/useMe'
import { managesInvestors, useUsers } from '@/session/useUsers'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { Input, Select, TagInput, Textarea } from '@/ui/inputs'
import { FormError } from '@/ui/states'
import { useForm } from '@/ui/useForm'
import { Likely } from './duplicates/Likely'
import { useStored } from './useStored'
import { EMPTY, check, newInvestor, patchOf, valuesOf, type Values } from './values'

const CHANGED_MEANWHILE = new Problem({
  status: 412,
  code: 'stale_version',
  title: 'Someone else changed this investor',
  detail: 'Their version is now shown with your edits on top. Review it and save again.',
})

/** Shows a refusal that concerns one field at that field. */
function atField(error: unknown): unknown {
  if (!(error instanceof Problem)) return error
  const field = { email_taken: 'email', external_key_taken: 'external_key' }[error.code]
  if (!field) return error
  const { status, code, title, detail } = error
  return new Problem({ status, code, title, detail, errors: [{ field, code, message: detail ?? title }] })
}

interface InvestorFormProps {
  investor?: Investor
  /** `before` is the investor before the edit. */
  onDone: (saved: Investor, before?: Investor) => void
  onCancel: () => void
}

/** All fields of a new or existing investor; only edited fields are sent. */
export function InvestorForm({ investor, onDone, onCancel }: InvestorFormProps) {
  const [base, setBase] = useState(investor)
  const mayAssign = useCan('investor_assign')
  const { users, loading } = useUsers()
  const stored = useStored()
  const initial = base ? valuesOf(base) : EMPTY
  const form = useForm<Values, Investor>({
    initial,
    check,
    send: async (values, key) => {
      try {
        if (!base) return await investorCreate(newInvestor(values), key)
        return await investorUpdate(base, patchOf(values, initial))
      } catch (error) {
        if (!base || !(error instanceof Problem) || error.status !== 412) throw atField(error)
        const newer = await investorGet(base.id)
        stored(newer)
        form.reset(rebase(values, initial, valuesOf(newer)))
        setBase(newer)
        throw CHANGED_MEANWHILE
      }
    },
    onDone: (saved) => {
      stored(saved)
      onDone(saved, base)
    },
  })
  const managers = users.filter(managesInvestors).map((user) => ({ value: user.id, label: user.name, note: user.username }))
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <Field label="Name" required error={form.errors['name']}>
        <Input {...form.bind('name')} autoComplete="off" />
      </Field>
      {!base && <Likely values={form.values} />}
      <div className="grid gap-4 md:grid-cols-3">
        <Field label="Kind" required error={form.errors['kind']}>
          <Select {...form.bind('kind')} options={options(INVESTOR_KINDS)} />
        </Field>
        <Field label="Tier" required error={form.errors['tier']}>
          <Select {...form.bind('tier')} options={options(TIERS)} />
        </Field>
        <Field label="Status" required error={form.errors['status']}>
          <Select {...form.bind('status')} options={options(INVESTOR_STATUSES)} />
        </Field>
      </div>
      {mayAssign && (
        <Field label="Relationship manager" error={form.errors['relationship_manager_id']}>
          <Combobox
            {...form.bind('relationship_manager_id')}
            options={managers}
            loading={loading}
            clearLabel="Unassigned"
            placeholder="Unassigned"
          />
        </Field>
      )}
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Email" error={form.errors['email']}>
          <Input {...form.bind('email')} type="email" autoComplete="off" />
        </Field>
        <Field label="Phone" error={form.errors['phone']}>
          <Input {...form.bind('phone')} type="tel" autoComplete="off" />
        </Field>
      </div>
      <Field label="Address" error={form.errors['address']}>
        <Textarea {...form.bind('address')} rows={2} />
      </Field>
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Country" error={form.errors['country']}>
          <Combobox {...form.bind('country')} options={COUNTRIES} clearLabel="None" />
        </Field>
        <Field label="External key" hint="ID in another system." error={form.errors['external_key']}>
          <Input {...form.bind('external_key')} autoComplete="off" />
        </Field>
      </div>
      <Field label="Tags" error={form.errors['tags']}>
        <TagInput value={form.values.tags} onChange={(tags) => form.set('tags', tags)} max={20} />
      </Field>
      <Field label="Notes" error={form.errors['notes']}>
        <Textarea {...form.bind('notes')} rows={4} />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          {base ? 'Save' : 'Create investor'}
        </Button>
      </FormActions>
    </form>
  )
}
