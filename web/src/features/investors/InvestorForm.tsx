import { investorCreate, investorGet, investorUpdate } from '@/api/investors'
import { Problem } from '@/api/problem'
import type { Investor } from '@/api/types'
import { INVESTOR_KINDS, INVESTOR_STATUSES, TIERS, options } from '@/api/words'
import { COUNTRIES } from '@/lib/countries'
import { useCan } from '@/session/useMe'
import { managesInvestors, useUsers } from '@/session/useUsers'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, TagInput, Textarea } from '@/ui/inputs'
import { useEntityForm } from '@/ui/useEntityForm'
import { Likely } from './duplicates/Likely'
import { useStored } from './useStored'
import { EMPTY, check, newInvestor, patchOf, valuesOf, type Values } from './values'

/** Shows a refusal that concerns one field at that field. */
async function atField<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent
  } catch (error) {
    const field = error instanceof Problem ? { email_taken: 'email', external_key_taken: 'external_key' }[error.code] : undefined
    if (!field || !(error instanceof Problem)) throw error
    const { status, code, title, detail } = error
    throw new Problem({ status, code, title, detail, errors: [{ field, code, message: detail ?? title }] })
  }
}

interface InvestorFormProps {
  investor?: Investor
  /** `before` is the investor before the edit. */
  onDone: (saved: Investor, before?: Investor) => void
  onCancel: () => void
}

/** All fields of a new or existing investor; only edited fields are sent. */
export function InvestorForm({ investor, onDone, onCancel }: InvestorFormProps) {
  const mayAssign = useCan('investor_assign')
  const { users, loading } = useUsers()
  const stored = useStored()
  const { form } = useEntityForm<Investor, Values>({
    entity: investor,
    kind: 'investor',
    empty: EMPTY,
    valuesOf,
    check,
    create: (values, key) => atField(investorCreate(newInvestor(values), key)),
    update: (base, values, before) => atField(investorUpdate(base, patchOf(values, before))),
    reload: async ({ id }) => {
      const newer = await investorGet(id)
      stored(newer)
      return newer
    },
    onDone: (saved, before) => {
      stored(saved)
      onDone(saved, before)
    },
  })
  const managers = users.filter(managesInvestors).map((user) => ({ value: user.id, label: user.name, note: user.username }))
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes
        form={form}
        words={{
          kind: { show: (kind: Values['kind']) => INVESTOR_KINDS[kind] },
          tier: { show: (tier: Values['tier']) => TIERS[tier] },
          status: { show: (status: Values['status']) => INVESTOR_STATUSES[status] },
          relationship_manager_id: { label: 'Relationship manager', show: (id: string) => users.find((one) => one.id === id)?.name ?? '' },
        }}
      />
      <Field label="Name" required error={form.errors['name']}>
        <Input {...form.bind('name')} autoComplete="off" />
      </Field>
      {!investor && <Likely values={form.values} />}
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
        <Button variant="quiet" onClick={() => form.leave(onCancel)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          {investor ? 'Save' : 'Create investor'}
        </Button>
      </FormActions>
    </form>
  )
}
