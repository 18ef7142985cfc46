import { useMutation } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { CircleCheck, Ellipsis, Milestone as MilestoneIcon, Pencil, Plus, RotateCcw, Trash2, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { milestoneDelete, milestoneUpdate } from '@/api/milestones'
import type { Milestone, MilestoneStatus } from '@/api/types'
import { MILESTONE_RISKS } from '@/api/words'
import { formatDate, relativeDay } from '@/lib/day'
import { useToday } from '@/lib/time'
import { useShortcut } from '@/lib/shortcuts'
import { useProductCan } from '@/session/productAccess'
import { ExportButton } from '@/shell/ExportButton'
import { useLoadedProduct } from '@/shell/products/useProduct'
import { useMilestones } from '@/shell/products/useRequirements'
import { useChange } from '@/shell/useChange'
import { MilestoneBadge } from '@/ui/Badge'
import { Button, IconButton } from '@/ui/Button'
import { Dialog, SidePanel } from '@/ui/Dialog'
import { Markdown } from '@/ui/Markdown'
import { Menu, MenuItem, MenuSeparator } from '@/ui/Menu'
import { EmptyState, ErrorState, Loading, Skeleton } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { MilestoneForm } from './MilestoneForm'
import { Progress } from './Progress'
import type { MilestonesSearch } from './routes'
import { useMilestonesStale, useSavedToast } from './useStored'

export const Route = createLazyRoute('/shell/products/$productId/milestones')({ component: MilestonesTab })
const route = getRouteApi('/shell/products/$productId/milestones')

interface Acts {
  edit: (milestone: Milestone) => void
  become: (milestone: Milestone, status: MilestoneStatus) => void
  remove: (milestone: Milestone) => void
}

function Actions({ milestone, acts }: { milestone: Milestone; acts: Acts }) {
  return (
    <Menu trigger={<IconButton icon={Ellipsis} label={`Actions for ${milestone.name}`} />}>
      <MenuItem icon={Pencil} onSelect={() => acts.edit(milestone)}>
        Edit
      </MenuItem>
      {milestone.status === 'open' ? (
        <MenuItem icon={CircleCheck} onSelect={() => acts.become(milestone, 'reached')}>
          Mark as reached
        </MenuItem>
      ) : (
        <MenuItem icon={RotateCcw} onSelect={() => acts.become(milestone, 'open')}>
          Reopen
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem icon={Trash2} danger onSelect={() => acts.remove(milestone)}>
        Delete
      </MenuItem>
    </Menu>
  )
}

function Card({ milestone, today, acts }: { milestone: Milestone; today: string; acts: Acts | undefined }) {
  const { name, due_on: due, status, at_risk: atRisk, at_risk_reason: reason, description, progress } = milestone
  const reached = status === 'reached'
  return (
    <li className="flex flex-col gap-2 px-4 py-4">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-2">
            <h3 className="min-w-0 font-semibold wrap-anywhere">{name}</h3>
            <MilestoneBadge status={status} atRisk={atRisk} />
          </div>
          <p className="text-ink-3">
            <time dateTime={due}>{formatDate(due)}</time>
            {!reached && `, ${relativeDay(due, today)}`}
          </p>
        </div>
        {acts && <Actions milestone={milestone} acts={acts} />}
      </div>
      {description && (
        <div className="text-ink-2">
          <Markdown text={description} />
        </div>
      )}
      <Progress name={name} progress={progress} atRisk={atRisk} reached={reached} />
      {atRisk && reason && (
        <p className="flex items-start gap-1.5 text-red">
          <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          {MILESTONE_RISKS[reason]}
        </p>
      )}
    </li>
  )
}

function Pending() {
  return (
    <Loading label="Loading milestones">
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        {[0, 1, 2].map((row) => (
          <div key={row} className="flex flex-col gap-3 p-4">
            <Skeleton className="h-4 w-48" />
            <Skeleton className="h-3 w-32" />
            <Skeleton className="h-2 w-full" />
          </div>
        ))}
      </div>
    </Loading>
  )
}

function Removal({ milestone, onClose }: { milestone: Milestone | undefined; onClose: () => void }) {
  const stale = useMilestonesStale()
  const removal = useMutation({
    mutationFn: (doomed: Milestone) => milestoneDelete(doomed),
    onSuccess: (_gone, { name }) => toast.done(`${name} deleted`),
    onError: (error) => toast.error('Couldn’t delete the milestone', error),
    onSettled: (_gone, _error, { product_id: productId }) => {
      stale(productId)
      onClose()
    },
  })
  return (
    <Dialog
      open={milestone !== undefined}
      onClose={onClose}
      size="small"
      title={`Delete ${milestone?.name ?? ''}?`}
      description="Its tasks and requirements are kept without a milestone."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={removal.isPending} onClick={() => milestone && removal.mutate(milestone)}>
            Delete
          </Button>
        </>
      }
    />
  )
}

/** Marks a milestone as reached, or reopens it. */
function useStatusChange(productId: string) {
  const stale = useMilestonesStale()
  const showSaved = useSavedToast()
  const { mutate } = useMutation({
    mutationFn: ({ milestone, status }: { milestone: Milestone; status: MilestoneStatus }) => milestoneUpdate(milestone, { status }),
    onSuccess: (saved, { milestone }) => showSaved(saved, milestone),
    onError: (error) => {
      if (error instanceof Problem && error.status === 412) stale(productId)
      toast.error('Couldn’t save the change', error)
    },
  })
  return (milestone: Milestone, status: MilestoneStatus) => mutate({ milestone, status })
}

function MilestonesTab() {
  const product = useLoadedProduct()
  const may = useProductCan(product)
  const mayWrite = may('milestone_write')
  const search = route.useSearch()
  const today = useToday()
  const query = useMilestones(product.id)
  const showSaved = useSavedToast()
  const become = useStatusChange(product.id)
  const [doomed, setDoomed] = useState<Milestone>()
  const change = useChange<MilestonesSearch>(['create', 'milestone'])
  const create = () => change({ create: true, milestone: undefined })
  useShortcut('c', 'New milestone', create, 'This page', mayWrite)
  const acts: Acts | undefined = mayWrite ? { edit: ({ id }) => change({ milestone: id }), become, remove: setDoomed } : undefined
  const milestones = (query.data ?? []).toSorted((a, b) => a.due_on.localeCompare(b.due_on))
  const edited = milestones.find(({ id }) => id === search.milestone)
  const action = mayWrite && (
    <Button variant="primary" icon={Plus} onClick={create}>
      New milestone
    </Button>
  )
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-4 p-4 md:p-6">
      <header className="flex items-center justify-between gap-3">
        <h2 className="text-base font-semibold">Milestones</h2>
        {milestones.length > 0 && (
          <span className="flex gap-2">
            <ExportButton path={`/api/exports/products/${product.id}/milestones`} name="milestones" action="product_export" />
            {action}
          </span>
        )}
      </header>
      {query.isPending ? (
        <Pending />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : milestones.length === 0 ? (
        <EmptyState icon={MilestoneIcon} title="No milestones yet" action={action}>
          Group tasks and requirements by due date and track their progress.
        </EmptyState>
      ) : (
        <ol aria-label="Milestones" className="divide-y divide-line rounded-lg border border-line bg-surface">
          {milestones.map((milestone) => (
            <Card key={milestone.id} milestone={milestone} today={today} acts={acts} />
          ))}
        </ol>
      )}
      <Dialog open={search.create === true && mayWrite} onClose={() => change({ create: undefined })} title="New milestone">
        <MilestoneForm
          productId={product.id}
          onCancel={() => change({ create: undefined })}
          onDone={(saved) => {
            showSaved(saved)
            change({ create: undefined })
          }}
        />
      </Dialog>
      <SidePanel
        open={edited !== undefined && mayWrite}
        onClose={() => change({ milestone: undefined })}
        title={`Edit ${edited?.name ?? ''}`}
      >
        {edited && (
          <MilestoneForm
            key={edited.id}
            productId={product.id}
            milestone={edited}
            onCancel={() => change({ milestone: undefined })}
            onDone={(saved, before) => {
              showSaved(saved, before)
              change({ milestone: undefined })
            }}
          />
        )}
      </SidePanel>
      <Removal milestone={doomed} onClose={() => setDoomed(undefined)} />
    </div>
  )
}
