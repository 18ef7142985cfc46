import { numberFormat } from '@/lib/locale'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { ArrowLeft, Layers, Plus } from 'lucide-react'
import { baselineCreate, baselineList } from '@/api/baselines'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { Baseline } from '@/api/types'
import { nameMistake } from '@/api/rules'
import { useShortcut } from '@/lib/shortcuts'
import { useProductCan } from '@/session/productAccess'
import { ExportButton } from '@/shell/ExportButton'
import { useLoadedProduct } from '@/shell/products/useProduct'
import { useChange } from '@/shell/useChange'
import { Button, buttonClass } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Textarea } from '@/ui/inputs'
import { LoadMore } from '@/ui/LoadMore'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'

export const Route = createLazyRoute('/shell/products/$productId/requirements/baselines')({ component: BaselinesTab })
const route = getRouteApi('/shell/products/$productId/requirements/baselines')

function BaselineForm({ productId, onDone, onCancel }: { productId: string; onDone: (made: Baseline) => void; onCancel: () => void }) {
  const client = useQueryClient()
  const form = useForm({
    initial: { name: '', description: '' },
    draft: `baseline/new/${productId}`,
    check: ({ name }) => ({ name: nameMistake(name) }),
    send: ({ name, description }, key) => baselineCreate(productId, { name, ...(description.trim() === '' ? {} : { description }) }, key),
    onDone: (made) => {
      void client.invalidateQueries({ queryKey: keys.baselines.of(productId) })
      onDone(made)
    },
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Field label="Name" required error={form.errors['name']}>
        <Input {...form.bind('name')} autoComplete="off" placeholder="Agreed with the customer" />
      </Field>
      <Field label="Description" error={form.errors['description']}>
        <Textarea {...form.bind('description')} rows={3} />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onCancel)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Create baseline
        </Button>
      </FormActions>
    </form>
  )
}

const count = numberFormat()

function Card({ baseline }: { baseline: Baseline }) {
  const { id, product_id: productId, name, description, requirement_count: requirements, created_by_name: by, created_at: at } = baseline
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <Link
          to="/products/$productId/requirements/baselines/$baselineId"
          params={{ productId, baselineId: id }}
          className="font-medium break-words hover:text-accent hover:underline"
        >
          {name}
        </Link>
        {description && <p className="line-clamp-2 break-words text-ink-2">{description}</p>}
        <p className="text-xs text-ink-3">
          {count.format(requirements)} {requirements === 1 ? 'requirement' : 'requirements'} · {by} · <RelativeTime at={at} />
        </p>
      </div>
      <Link to="/products/$productId/requirements/baselines/$baselineId" params={{ productId, baselineId: id }} className={buttonClass()}>
        Compare with now
      </Link>
    </li>
  )
}

function BaselinesTab() {
  const product = useLoadedProduct()
  const may = useProductCan(product)
  const mayWrite = may('requirement_write')
  const search = route.useSearch()
  const list = useInfiniteQuery({
    queryKey: keys.baselines.list(product.id),
    queryFn: ({ pageParam }) => baselineList(product.id, pageParam),
    ...pages,
  })
  const baselines = list.data?.pages.flatMap((page) => page.items) ?? []
  const change = useChange<{ create?: true }>(['create'])
  const show = (create: true | undefined) => change({ create })
  useShortcut('c', 'New baseline', () => show(true), 'This page', mayWrite)
  const action = mayWrite && (
    <Button variant="primary" icon={Plus} onClick={() => show(true)}>
      New baseline
    </Button>
  )
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-4 p-4 md:p-6">
      <header className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1">
          <Link
            to="/products/$productId/requirements"
            params={{ productId: product.id }}
            className="inline-flex items-center gap-1 text-xs text-ink-3 hover:text-accent"
          >
            <ArrowLeft className="size-3" aria-hidden />
            Requirements
          </Link>
          <h2 className="text-base font-semibold">Baselines</h2>
        </div>
        {baselines.length > 0 && (
          <ExportButton path={`/api/exports/products/${product.id}/baselines`} name="baselines" action="product_export" />
        )}
        {action}
      </header>
      {list.isPending ? (
        <SkeletonLines lines={6} />
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : baselines.length === 0 ? (
        <EmptyState icon={Layers} title="No baselines yet" action={action}>
          A baseline freezes all requirements at one moment, so you can see later what has changed.
        </EmptyState>
      ) : (
        <>
          <ul aria-label="Baselines" className="divide-y divide-line rounded-lg border border-line bg-surface">
            {baselines.map((baseline) => (
              <Card key={baseline.id} baseline={baseline} />
            ))}
          </ul>
          <LoadMore hasMore={list.hasNextPage} loading={list.isFetchingNextPage} onLoad={() => void list.fetchNextPage()} />
        </>
      )}
      <Dialog
        open={search.create === true && mayWrite}
        onClose={() => show(undefined)}
        title="New baseline"
        description="Freezes every requirement as it is now."
      >
        <div className="mt-4">
          <BaselineForm
            productId={product.id}
            onCancel={() => show(undefined)}
            onDone={(made) => {
              toast.done(`${made.name} created`)
              show(undefined)
            }}
          />
        </div>
      </Dialog>
    </div>
  )
}
