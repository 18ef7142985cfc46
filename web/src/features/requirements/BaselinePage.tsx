import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { ArrowLeft, ChevronDown, ChevronRight, Equal, Layers, Minus, PencilLine, Plus, Trash2, type LucideIcon } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { baselineCompare, baselineDelete, baselineGet, baselineList } from '@/api/baselines'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Baseline, BaselineChange, RequirementCard } from '@/api/types'
import { cx } from '@/lib/cx'
import { useTitlePart } from '@/lib/title'
import { useProductCan } from '@/session/productAccess'
import { useLoadedProduct } from '@/shell/products/useProduct'
import { Button, buttonClass } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/inputs'
import { LoadMore } from '@/ui/LoadMore'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { Comparison } from './CompareDialog'

export const Route = createLazyRoute('/shell/products/$productId/requirements/baselines/$baselineId')({ component: BaselinePage })
const route = getRouteApi('/shell/products/$productId/requirements/baselines/$baselineId')
const NOW = 'now'

function BaselinePage() {
  const product = useLoadedProduct()
  const { baselineId } = route.useParams()
  const query = useQuery({
    queryKey: keys.baselines.one(product.id, baselineId),
    queryFn: () => baselineGet({ id: baselineId, product_id: product.id }),
  })
  if (query.isPending)
    return (
      <div className="p-4 md:p-6">
        <SkeletonLines lines={8} />
      </div>
    )
  if (query.isError) {
    const back = (
      <Link to="/products/$productId/requirements/baselines" params={{ productId: product.id }} className={buttonClass()}>
        All baselines
      </Link>
    )
    return asProblem(query.error).status === 404 ? (
      <EmptyState icon={Layers} title="Baseline not found" action={back}>
        It doesn’t exist, or it was deleted.
      </EmptyState>
    ) : (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    )
  }
  return <Loaded key={baselineId} baseline={query.data} />
}

function Line({ card, children }: { card: RequirementCard; children?: ReactNode }) {
  return (
    <>
      <span className="shrink-0 font-mono text-xs text-ink-3">{card.reference}</span>
      <span className="min-w-0 flex-1 break-words">{card.title}</span>
      {children}
    </>
  )
}

function ChangedRow({ productId, entry }: { productId: string; entry: BaselineChange }) {
  const [open, setOpen] = useState(false)
  const Icon = open ? ChevronDown : ChevronRight
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        className="flex w-full items-center gap-2 px-4 py-2.5 text-left hover:bg-hover focus-visible:-outline-offset-2 max-md:min-h-11"
        onClick={() => setOpen(!open)}
      >
        <Icon className="size-4 shrink-0 text-ink-3" aria-hidden />
        <Line card={entry.requirement}>
          <span className="tabular shrink-0 text-xs text-ink-3">
            Version {entry.from_version} → {entry.to_version}
          </span>
        </Line>
      </button>
      {open && (
        <div className="border-t border-line bg-canvas px-4 py-3">
          <Comparison requirement={{ id: entry.requirement.id, product_id: productId }} from={entry.from_version} to={entry.to_version} />
        </div>
      )}
    </li>
  )
}

const TONES = { green: 'bg-green-bg text-green', red: 'bg-red-bg text-red', amber: 'bg-amber-bg text-amber' }

function Group({
  icon: Icon,
  tone,
  title,
  count,
  children,
}: {
  icon: LucideIcon
  tone: keyof typeof TONES
  title: string
  count: number
  children: ReactNode
}) {
  return (
    <section aria-label={title} className="rounded-lg border border-line bg-surface">
      <h3 className="flex items-center gap-2.5 px-4 py-2.5 font-semibold">
        <span className={cx('grid size-6 place-items-center rounded-md', TONES[tone])}>
          <Icon className="size-4" aria-hidden />
        </span>
        {title} <span className="tabular font-normal text-ink-3">{count}</span>
      </h3>
      <ul className="divide-y divide-line border-t border-line">{children}</ul>
    </section>
  )
}

function Difference({ baseline, other }: { baseline: Baseline; other: string }) {
  const query = useInfiniteQuery({
    queryKey: keys.baselines.compare(baseline.product_id, baseline.id, other),
    queryFn: ({ pageParam }) => baselineCompare(baseline, other, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
  })
  if (query.isPending) return <SkeletonLines lines={6} />
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  const all = query.data.pages
  const [added, changed, deleted] = [
    all.flatMap((page) => page.added),
    all.flatMap((page) => page.changed),
    all.flatMap((page) => page.deleted),
  ]
  const { added_count: came, changed_count: became, deleted_count: went } = all.at(-1)!
  const plain = (card: RequirementCard) => (
    <li key={card.id} className="flex items-center gap-2 px-4 py-2.5">
      <Line card={card} />
    </li>
  )
  if (came + became + went === 0 && !query.hasNextPage) {
    return (
      <EmptyState icon={Equal} title="No differences">
        All requirements are the same in both.
      </EmptyState>
    )
  }
  return (
    <div className="flex flex-col gap-4">
      {added.length > 0 && (
        <Group icon={Plus} tone="green" title="Added" count={came}>
          {added.map(plain)}
        </Group>
      )}
      {changed.length > 0 && (
        <Group icon={PencilLine} tone="amber" title="Changed" count={became}>
          {changed.map((entry) => (
            <ChangedRow key={entry.requirement.id} productId={baseline.product_id} entry={entry} />
          ))}
        </Group>
      )}
      {deleted.length > 0 && (
        <Group icon={Minus} tone="red" title="Deleted" count={went}>
          {deleted.map(plain)}
        </Group>
      )}
      <LoadMore hasMore={query.hasNextPage} loading={query.isFetchingNextPage} onLoad={() => void query.fetchNextPage()} />
    </div>
  )
}

function DeleteDialog({ baseline, open, onClose }: { baseline: Baseline; open: boolean; onClose: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const removal = useMutation({
    mutationFn: () => baselineDelete(baseline),
    onSuccess: async () => {
      await navigate({ to: '/products/$productId/requirements/baselines', params: { productId: baseline.product_id } })
      void client.invalidateQueries({ queryKey: keys.baselines.of(baseline.product_id) })
      toast.done(`${baseline.name} deleted`)
    },
    onError: (error) => toast.error('Couldn’t delete the baseline', error),
    onSettled: onClose,
  })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Delete this baseline?"
      description="You can no longer compare against it. The requirements and their versions are kept."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={removal.isPending} onClick={() => removal.mutate()}>
            Delete
          </Button>
        </>
      }
    />
  )
}

function Loaded({ baseline }: { baseline: Baseline }) {
  useTitlePart(baseline.name)
  const product = useLoadedProduct()
  const may = useProductCan(product)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [deleting, setDeleting] = useState(false)
  const { data } = useInfiniteQuery({
    queryKey: keys.baselines.list(product.id),
    queryFn: ({ pageParam }) => baselineList(product.id, pageParam),
    ...pages,
  })
  const others = (data?.pages.flatMap((page) => page.items) ?? []).filter(({ id }) => id !== baseline.id)
  const other = search.with ?? NOW
  const choices = [{ value: NOW, label: 'Now' }, ...others.map(({ id, name }) => ({ value: id, label: name }))]
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-5 p-4 md:p-6">
      <header className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <Link
            to="/products/$productId/requirements/baselines"
            params={{ productId: product.id }}
            className="inline-flex items-center gap-1 text-xs text-ink-3 hover:text-accent"
          >
            <ArrowLeft className="size-3" aria-hidden />
            Baselines
          </Link>
          <h2 className="text-lg font-semibold break-words">{baseline.name}</h2>
          {baseline.description && <p className="break-words whitespace-pre-wrap text-ink-2">{baseline.description}</p>}
          <p className="text-xs text-ink-3">
            {baseline.created_by_name} · <RelativeTime at={baseline.created_at} />
          </p>
        </div>
        {may('requirement_write') && (
          <Button icon={Trash2} onClick={() => setDeleting(true)}>
            Delete
          </Button>
        )}
      </header>
      <Field label="Compare with" required className="max-w-sm">
        <Select
          value={other}
          onChange={(value) => void navigate({ search: { with: value === NOW ? undefined : value }, replace: true, resetScroll: false })}
          options={choices}
        />
      </Field>
      <Difference key={other} baseline={baseline} other={other} />
      <DeleteDialog baseline={baseline} open={deleting} onClose={() => setDeleting(false)} />
    </div>
  )
}
