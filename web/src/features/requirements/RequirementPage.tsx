import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { ArrowLeft, Ellipsis, ListTree, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import { requirementDelete, requirementGet } from '@/api/requirements'
import type { Product, Requirement } from '@/api/types'
import { useShortcut } from '@/lib/shortcuts'
import { useTitlePart } from '@/lib/title'
import { useProductCan } from '@/session/productAccess'
import { useLoadedProduct } from '@/shell/products/useProduct'
import { useMilestones, useRequirements } from '@/shell/products/useRequirements'
import { useChange } from '@/shell/useChange'
import { PriorityBadge, RequirementBadge } from '@/ui/Badge'
import { Button, IconButton, buttonClass } from '@/ui/Button'
import { Dialog, SidePanel } from '@/ui/Dialog'
import { Fact } from '@/ui/Fact'
import { Markdown } from '@/ui/Markdown'
import { Menu, MenuItem } from '@/ui/Menu'
import { Section } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { CompareDialog } from './CompareDialog'
import { Links } from './Links'
import { RequirementForm } from './RequirementForm'
import { RequirementTasks } from './RequirementTasks'
import type { RequirementSearch } from './routes'
import { useRequirementsStale, useSavedToast } from './useStored'
import { Versions } from './Versions'

export const Route = createLazyRoute('/shell/products/$productId/requirements/$requirementId')({ component: RequirementPage })
const route = getRouteApi('/shell/products/$productId/requirements/$requirementId')

function RequirementPage() {
  const product = useLoadedProduct()
  const { requirementId } = route.useParams()
  const query = useQuery({
    queryKey: keys.requirements.one(product.id, requirementId),
    queryFn: () => requirementGet({ id: requirementId, product_id: product.id }),
  })
  if (query.isPending)
    return (
      <div className="p-4 md:p-6">
        <SkeletonLines lines={10} />
      </div>
    )
  if (query.isError) {
    const back = (
      <Link to="/products/$productId/requirements" params={{ productId: product.id }} className={buttonClass()}>
        All requirements
      </Link>
    )
    return asProblem(query.error).status === 404 ? (
      <EmptyState icon={ListTree} title="Requirement not found" action={back}>
        It doesn’t exist, or it was deleted.
      </EmptyState>
    ) : (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    )
  }
  return <Loaded key={requirementId} product={product} requirement={query.data} />
}

function useRemoval(requirement: Requirement, onDone: () => void) {
  const stale = useRequirementsStale()
  const client = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => requirementDelete(requirement),
    onSuccess: async () => {
      await navigate({ to: '/products/$productId/requirements', params: { productId: requirement.product_id } })
      client.removeQueries({ queryKey: keys.requirements.one(requirement.product_id, requirement.id) })
      stale(requirement.product_id)
      toast.done(`${requirement.reference} deleted`)
    },
    onError: (error) => toast.error('Couldn’t delete the requirement', error),
    onSettled: onDone,
  })
}

function DeleteDialog({ requirement, open, onClose }: { requirement: Requirement; open: boolean; onClose: () => void }) {
  const removal = useRemoval(requirement, onClose)
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Delete ${requirement.reference}?`}
      description="Its tasks and links from other requirements are kept and show it as deleted. Baselines keep its text. To keep it in the list, reject it instead."
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

function RequirementLink({ productId, id, children }: { productId: string; id: string; children: string }) {
  return (
    <Link
      to="/products/$productId/requirements/$requirementId"
      params={{ productId, requirementId: id }}
      className="text-accent hover:underline"
    >
      {children}
    </Link>
  )
}

/** The position in the outline. */
function Place({ requirement }: { requirement: Requirement }) {
  const { requirements } = useRequirements(requirement.product_id)
  const parts = requirements.filter((one) => one.parent_id === requirement.id)
  if (parts.length === 0) return null
  return (
    <Section title="Children" hint={`${parts.filter(({ status }) => status === 'done').length} of ${parts.length} done`}>
      <ul aria-label="Children" className="-m-4 divide-y divide-line">
        {parts.map((part) => (
          <li key={part.id} className="flex items-center gap-2 px-4 py-2.5">
            <span className="font-mono text-xs text-ink-3">{part.reference}</span>
            <span className="min-w-0 flex-1 truncate">
              <RequirementLink productId={part.product_id} id={part.id}>
                {part.title}
              </RequirementLink>
            </span>
            <RequirementBadge status={part.status} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Details({ requirement }: { requirement: Requirement }) {
  const { requirements } = useRequirements(requirement.product_id, Boolean(requirement.parent_id))
  const { data: milestones = [] } = useMilestones(requirement.product_id)
  const parent = requirements.find(({ id }) => id === requirement.parent_id)
  const milestone = milestones.find(({ id }) => id === requirement.milestone_id)
  return (
    <dl className="divide-y divide-line">
      <Fact name="Status">
        <RequirementBadge status={requirement.status} />
      </Fact>
      <Fact name="Priority">
        <PriorityBadge priority={requirement.priority} />
      </Fact>
      <Fact name="Part of">
        {parent && <RequirementLink productId={parent.product_id} id={parent.id}>{`${parent.reference} ${parent.title}`}</RequirementLink>}
      </Fact>
      <Fact name="Milestone">{milestone?.name}</Fact>
      <Fact name="External ID">{requirement.external_id}</Fact>
      <Fact name="Created">
        <RelativeTime at={requirement.created_at} /> by {requirement.created_by_name}
      </Fact>
      <Fact name="Changed">
        <RelativeTime at={requirement.updated_at} />
      </Fact>
    </dl>
  )
}

function About({ requirement: { description, acceptance_criteria: criteria } }: { requirement: Requirement }) {
  return (
    <Section title="Requirement">
      {description ? <Markdown text={description} /> : <p className="text-ink-3">No description.</p>}
      {criteria.length > 0 && (
        <div className="mt-5 border-t border-line pt-4">
          <h3 className="font-semibold">Acceptance criteria</h3>
          <ol aria-label="Acceptance criteria" className="mt-2 flex list-decimal flex-col gap-1.5 pl-5 marker:text-ink-3">
            {criteria.map((one, place) => (
              <li key={place} className="break-words">
                {one}
              </li>
            ))}
          </ol>
        </div>
      )}
    </Section>
  )
}

interface HeadActs {
  edit: () => void
  addPart: () => void
  remove: () => void
}

/** Back link, title and actions; read-only users have no `acts`. */
function Head({ requirement, acts }: { requirement: Requirement; acts: HeadActs | undefined }) {
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-72">
        <Link
          to="/products/$productId/requirements"
          params={{ productId: requirement.product_id }}
          className="inline-flex items-center gap-1 text-xs text-ink-3 hover:text-accent"
        >
          <ArrowLeft className="size-3" aria-hidden />
          Requirements
        </Link>
        <h2 className="text-lg font-semibold break-words">
          <span className="font-mono text-base font-medium text-ink-3">{requirement.reference}</span> {requirement.title}
        </h2>
      </div>
      {acts && (
        <div className="flex items-center gap-2">
          <Button icon={Pencil} onClick={acts.edit}>
            Edit
          </Button>
          <Menu trigger={<IconButton icon={Ellipsis} label="Actions for this requirement" />}>
            <MenuItem icon={Plus} onSelect={acts.addPart}>
              Add child
            </MenuItem>
            <MenuItem icon={Trash2} danger onSelect={acts.remove}>
              Delete
            </MenuItem>
          </Menu>
        </div>
      )}
    </header>
  )
}

function Loaded({ product, requirement }: { product: Product; requirement: Requirement }) {
  const search = route.useSearch()
  useTitlePart(`${requirement.reference} ${requirement.title}`)
  const may = useProductCan(product)
  const mayWrite = may('requirement_write')
  const showSaved = useSavedToast()
  const [deleting, setDeleting] = useState(false)
  const change = useChange<RequirementSearch>(['edit', 'create', 'from', 'to'])
  const edit = () => change({ edit: true })
  useShortcut('e', 'Edit', edit, 'This page', mayWrite)
  return (
    <div className="flex flex-col gap-5 p-4 md:p-6">
      <Head
        requirement={requirement}
        acts={mayWrite ? { edit, addPart: () => change({ create: true }), remove: () => setDeleting(true) } : undefined}
      />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_340px]">
        <div className="flex min-w-0 flex-col gap-6">
          <About requirement={requirement} />
          <Links requirement={requirement} mayWrite={mayWrite} />
          <Place requirement={requirement} />
          <RequirementTasks requirement={requirement} />
        </div>
        <aside className="flex flex-col gap-6">
          <Section title="Details">
            <Details requirement={requirement} />
          </Section>
          <Versions requirement={requirement} mayWrite={mayWrite} onCompare={(from, to) => change({ from, to })} />
        </aside>
      </div>
      <SidePanel
        open={search.edit === true && mayWrite}
        onClose={() => change({ edit: undefined })}
        title={`Edit ${requirement.reference}`}
      >
        <RequirementForm
          productId={product.id}
          requirement={requirement}
          onCancel={() => change({ edit: undefined })}
          onDone={(saved, before) => {
            showSaved(saved, before)
            change({ edit: undefined })
          }}
        />
      </SidePanel>
      <Dialog
        open={search.create === true && mayWrite}
        onClose={() => change({ create: undefined })}
        title={`New child of ${requirement.reference}`}
        size="large"
      >
        <RequirementForm
          productId={product.id}
          parentId={requirement.id}
          onCancel={() => change({ create: undefined })}
          onDone={(saved) => {
            showSaved(saved)
            change({ create: undefined })
          }}
        />
      </Dialog>
      <DeleteDialog requirement={requirement} open={deleting} onClose={() => setDeleting(false)} />
      <CompareDialog
        requirement={requirement}
        from={search.from}
        to={search.to}
        mayRestore={mayWrite}
        onChange={(from, to) => change({ from, to })}
      />
    </div>
  )
}
