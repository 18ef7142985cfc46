import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query'
import { Archive, ArchiveRestore, Ellipsis, FileDown, Trash2 } from 'lucide-react'
import { useId, useState } from 'react'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import { productDelete, productGet, productUpdate } from '@/api/products'
import { productReport } from '@/api/reports'
import type { Product, ProductStatus } from '@/api/types'
import { PRODUCT_STATUSES } from '@/api/words'
import { usePhone } from '@/lib/usePhone'
import { reaches } from '@/session/productAccess'
import { useMe } from '@/session/useMe'
import { useReport } from '@/shell/useReport'
import { Button, IconButton } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Menu, MenuItem, MenuSeparator } from '@/ui/Menu'
import { Input } from '@/ui/inputs'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { useStoredProduct } from './useProduct'

interface StatusChange {
  from: Product
  status: ProductStatus
  mayUndo: boolean
}

/** Archives and reopens a product, each with an undo. */
export function useProductStatus(product: Product) {
  const stored = useStoredProduct()
  const { isPending, mutate } = useMutation({
    mutationFn: ({ from, status }: StatusChange) => productUpdate(from, { status }),
    onSuccess: (saved, { from, status, mayUndo }) => {
      stored(saved)
      const title = status === 'archived' ? `${saved.name} archived` : `${saved.name} is now ${PRODUCT_STATUSES[status].toLowerCase()}`
      const undo = { label: 'Undo', run: () => mutate({ from: saved, status: from.status, mayUndo: false }) }
      toast.done(title, mayUndo ? { action: undo } : undefined)
    },
    onError: async (error, { from }) => {
      toast.error('Couldn’t save the change', error)
      if (error instanceof Problem && error.status === 412) stored(await productGet(from.id))
    },
  })
  return {
    busy: isPending,
    archive: () => mutate({ from: product, status: 'archived', mayUndo: true }),
    reopen: () => mutate({ from: product, status: 'active', mayUndo: true }),
  }
}

/** Makes a deletion that was stopped go on. */
export function useDelete(product: Product) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => productDelete(product),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.products.deletion(product.id) }),
    onError: (error) => toast.error('Couldn’t delete the rest', error),
  })
}

function DeleteForm({ product, formId, onDone }: { product: Product; formId: string; onDone: (gone: Product) => void }) {
  const form = useForm({
    initial: { confirm: '' },
    draft: null,
    check: ({ confirm }) => ({ confirm: confirm.trim().toUpperCase() === product.key ? undefined : `Type ${product.key}.` }),
    mutationKey: [formId],
    send: () => productDelete(product),
    onDone,
  })
  return (
    <form id={formId} noValidate className="mt-4 flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <Field label={`Type ${product.key} to confirm`} required error={form.errors['confirm']}>
        <Input {...form.bind('confirm')} autoComplete="off" autoCapitalize="characters" spellCheck={false} />
      </Field>
    </form>
  )
}

function DeleteDialog({ product, open, onClose }: { product: Product; open: boolean; onClose: () => void }) {
  const formId = useId()
  const stored = useStoredProduct()
  const busy = useIsMutating({ mutationKey: [formId] }) > 0
  const done = (gone: Product) => {
    stored(gone)
    onClose()
    toast.info(`${product.name} is being deleted`, { detail: 'You’ll be notified when it’s complete.' })
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Delete ${product.name}?`}
      description="This deletes its requirements, tasks, comments, milestones and files for everyone, and can’t be undone. To keep them readable, archive the product instead."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="danger" busy={busy}>
            Delete permanently
          </Button>
        </>
      }
    >
      <DeleteForm product={product} formId={formId} onDone={done} />
    </Dialog>
  )
}

/** Actions for a product as a whole. */
export function ProductActions({ product }: { product: Product }) {
  const me = useMe()
  const [deleting, setDeleting] = useState(false)
  const { archive, reopen, busy } = useProductStatus(product)
  const report = useReport(() => productReport(product.id))
  const phone = usePhone()
  const mayReport = reaches(me, product, 'product_report')
  const mayUpdate = reaches(me, product, 'product_update')
  const mayDelete = reaches(me, product, 'product_delete')
  if (product.deleted_at) return null
  const inMenu = mayReport && phone
  return (
    <>
      {mayReport && !phone && (
        <Button icon={FileDown} busy={report.busy} onClick={report.save}>
          Report (PDF)
        </Button>
      )}
      {(mayUpdate || mayDelete || inMenu) && (
        <Menu trigger={<IconButton icon={Ellipsis} label="Actions for this product" />}>
          {inMenu && (
            <MenuItem icon={FileDown} disabled={report.busy} onSelect={report.save}>
              Report (PDF)
            </MenuItem>
          )}
          {mayUpdate && product.status !== 'archived' && (
            <MenuItem icon={Archive} disabled={busy} onSelect={archive}>
              Archive
            </MenuItem>
          )}
          {mayUpdate && product.status === 'archived' && (
            <MenuItem icon={ArchiveRestore} disabled={busy} onSelect={reopen}>
              Reopen
            </MenuItem>
          )}
          {mayUpdate && mayDelete && <MenuSeparator />}
          {mayDelete && (
            <MenuItem icon={Trash2} danger onSelect={() => setDeleting(true)}>
              Delete
            </MenuItem>
          )}
        </Menu>
      )}
      <DeleteDialog product={product} open={deleting} onClose={() => setDeleting(false)} />
    </>
  )
}
