import { useMutation } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { productGet, productUpdate } from '@/api/products'
import type { Product } from '@/api/types'
import { PRODUCT_STATUSES, options } from '@/api/words'
import { isWritable, useProductCan } from '@/session/productAccess'
import { useCan } from '@/session/useMe'
import { managesProducts, useUsers } from '@/session/useUsers'
import { useLoadedProduct, useStoredProduct } from '@/shell/products/useProduct'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, Textarea } from '@/ui/inputs'
import { Section } from '@/ui/PageHeader'
import { SaveButtons } from '@/ui/SaveButtons'
import { EmptyState } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { LIMITED, check, patchOf, valuesOf, type Values } from './values'

export const Route = createLazyRoute('/shell/products/$productId/settings')({ component: SettingsTab })

const STATUSES = options(PRODUCT_STATUSES).filter(({ value }) => value !== 'archived')
const COLUMNS: Record<(typeof LIMITED)[number], string> = {
  open: 'Open',
  in_progress: 'In progress',
  blocked: 'Blocked',
  in_review: 'In review',
}

function useSettings(product: Product) {
  const stored = useStoredProduct()
  const undo = useMutation({
    mutationFn: ({ saved, before }: { saved: Product; before: Product }) =>
      productUpdate(saved, patchOf(valuesOf(before), valuesOf(saved))),
    onSuccess: (restored) => {
      stored(restored)
      toast.done('Change to the settings undone')
    },
    onError: (error) => toast.error('Couldn’t undo the change', error),
  })
  return useEntityForm<Product, Values>({
    entity: product,
    kind: 'product',
    empty: valuesOf(product),
    valuesOf,
    check,
    update: (base, values, before) => productUpdate(base, patchOf(values, before)),
    reload: async (base) => {
      const newer = await productGet(base.id)
      stored(newer)
      return newer
    },
    onDone: (saved, before) => {
      stored(saved)
      toast.done(`${saved.name} saved`, before && { action: { label: 'Undo', run: () => undo.mutate({ saved, before }) } })
    },
  })
}

function Settings({ product }: { product: Product }) {
  const { form, edited, discard } = useSettings(product)
  const mayAssign = useCan('product_assign')
  const { users, loading } = useUsers()
  const owners = users.filter(managesProducts).map((user) => ({ value: user.id, label: user.name, note: user.username }))
  return (
    <form noValidate aria-label="Settings" className="flex flex-col gap-6" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Section title="Product">
        <div className="flex flex-col gap-4">
          <Field label="Name" required error={form.errors['name']}>
            <Input {...form.bind('name')} autoComplete="off" />
          </Field>
          <div className="grid gap-4 md:grid-cols-2">
            <Field label="Status" required error={form.errors['status']}>
              <Select {...form.bind('status')} options={STATUSES} />
            </Field>
            {mayAssign && (
              <Field label="Owner" required error={form.errors['owner_id']} hint="Manages the product and everything in it.">
                <Combobox {...form.bind('owner_id')} options={owners} loading={loading} />
              </Field>
            )}
          </div>
          <Field label="Description" error={form.errors['description']} hint="Markdown: headings, lists, links.">
            <Textarea {...form.bind('description')} rows={8} />
          </Field>
        </div>
      </Section>
      <Section title="Board" hint="Maximum number of tasks per column. Leave empty for no limit.">
        <div className="grid grid-cols-2 gap-4 md:grid-cols-4">
          {LIMITED.map((column) => (
            <Field key={column} label={COLUMNS[column]} error={form.errors[column]}>
              <Input {...form.bind(column)} inputMode="numeric" autoComplete="off" placeholder="No limit" />
            </Field>
          ))}
        </div>
        {form.errors['wip_limits'] && (
          <p role="alert" className="mt-2 text-xs text-red">
            {form.errors['wip_limits']}
          </p>
        )}
        <Field
          label="Aging alert after"
          required
          className="mt-4 md:w-1/2"
          error={form.errors['aging_alert_days']}
          hint="Days in one status after which an unfinished task is flagged."
        >
          <Input {...form.bind('aging_alert_days')} inputMode="numeric" autoComplete="off" />
        </Field>
      </Section>
      <div className="sticky bottom-0 -mx-4 flex justify-end gap-2 border-t border-line bg-surface px-4 py-3 max-md:*:flex-1 md:-mx-6 md:px-6">
        <SaveButtons edited={edited} busy={form.busy} onDiscard={discard} />
      </div>
    </form>
  )
}

function SettingsTab() {
  const product = useLoadedProduct()
  const may = useProductCan(product)
  if (!isWritable(product) || !may('product_update')) {
    return (
      <EmptyState icon={Lock} title="No settings available">
        Only the owner can change settings, and only while the product isn’t archived.
      </EmptyState>
    )
  }
  return (
    <div className="mx-auto max-w-3xl px-4 pt-4 md:px-6 md:pt-6">
      <Settings key={product.id} product={product} />
    </div>
  )
}
