import { useState } from 'react'
import { Problem } from '@/api/problem'
import { productCreate } from '@/api/products'
import { nameMistake } from '@/api/rules'
import type { Product } from '@/api/types'
import { PRODUCT_STATUSES, options } from '@/api/words'
import { useCan, useMe } from '@/session/useMe'
import { managesProducts, useUsers } from '@/session/useUsers'
import { useStoredProduct } from '@/shell/products/useProduct'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, Textarea } from '@/ui/inputs'
import { useForm } from '@/ui/useForm'
import { keyMistake, suggestKey } from './key'
import { newProduct, type NewValues } from './values'

const STATUSES = options(PRODUCT_STATUSES).filter(({ value }) => value !== 'archived')

/** Shows a refusal of a taken key at the key field. */
function atField(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 'product_key_taken') return error
  const { status, code, title, detail } = error
  return new Problem({ status, code, title, detail, errors: [{ field: 'key', code, message: detail ?? title }] })
}

export function ProductCreateForm({ onDone, onCancel }: { onDone: (product: Product) => void; onCancel: () => void }) {
  const me = useMe()
  const mayAssign = useCan('product_assign')
  const { users, loading } = useUsers()
  const stored = useStoredProduct()
  // The key follows the name until it is edited.
  const [ownKey, setOwnKey] = useState(false)
  const form = useForm<NewValues, Product>({
    initial: { name: '', key: '', description: '', status: 'planning', owner_id: me.id },
    draft: 'product/new',
    check: ({ name, key }) => ({ name: nameMistake(name), key: keyMistake(key) }),
    send: async (values, key) => {
      try {
        return await productCreate(newProduct(values), key)
      } catch (error) {
        throw atField(error)
      }
    },
    onDone: (product) => {
      stored(product)
      onDone(product)
    },
  })
  const rename = (name: string) => {
    form.set('name', name)
    if (!ownKey) form.set('key', suggestKey(name))
  }
  const rekey = (key: string) => {
    setOwnKey(key !== '')
    form.set('key', key.toUpperCase())
  }
  const owners = users.filter(managesProducts).map((user) => ({ value: user.id, label: user.name, note: user.username }))
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <div className="grid gap-4 md:grid-cols-[1fr_160px]">
        <Field label="Name" required error={form.errors['name']}>
          <Input {...form.bind('name')} onChange={rename} autoComplete="off" />
        </Field>
        <Field label="Key" required error={form.errors['key']} hint="It can’t be changed later.">
          <Input
            {...form.bind('key')}
            onChange={rekey}
            maxLength={10}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            className="font-mono"
          />
        </Field>
      </div>
      {form.values.key.length > 1 && (
        <p className="-mt-2 text-xs text-ink-3">
          Tasks are called <span className="font-mono">{form.values.key}-1</span>, requirements{' '}
          <span className="font-mono">{form.values.key}-R1</span>.
        </p>
      )}
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Status" required error={form.errors['status']}>
          <Select {...form.bind('status')} options={STATUSES} />
        </Field>
        {mayAssign && (
          <Field label="Owner" required error={form.errors['owner_id']}>
            <Combobox {...form.bind('owner_id')} options={owners} loading={loading} />
          </Field>
        )}
      </div>
      <Field label="Description" error={form.errors['description']} hint="Markdown: headings, lists, links.">
        <Textarea {...form.bind('description')} rows={5} />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onCancel)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Create product
        </Button>
      </FormActions>
    </form>
  )
}
