import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Maximize2, Pencil, RotateCcw, Trash2, Wallet } from 'lucide-react'
import { useState } from 'react'
import { investorGet } from '@/api/investors'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Investor } from '@/api/types'
import { useCan } from '@/session/useMe'
import { StatusBadge, TierBadge } from '@/ui/Badge'
import { Button, buttonClass } from '@/ui/Button'
import { SidePanel } from '@/ui/Dialog'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { Facts } from './Facts'
import { InvestorForm } from './InvestorForm'
import { useRemoval } from './useStored'
import { useSavedToast } from './useSavedToast'

function Detail({ investor, onClose }: { investor: Investor; onClose: () => void }) {
  const [editing, setEditing] = useState(false)
  const mayEdit = useCan('investor_update') && !investor.deleted_at
  const mayDelete = useCan('investor_delete')
  const { remove, restore } = useRemoval()
  const showSaved = useSavedToast()
  if (editing) {
    return (
      <InvestorForm
        investor={investor}
        onCancel={() => setEditing(false)}
        onDone={(saved, before) => {
          showSaved(saved, before)
          setEditing(false)
        }}
      />
    )
  }
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <TierBadge tier={investor.tier} />
        <StatusBadge status={investor.deleted_at ? 'deleted' : investor.status} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Link to="/investors/$investorId" params={{ investorId: investor.id }} className={buttonClass('primary')}>
          <Maximize2 className="size-4" aria-hidden />
          Open page
        </Link>
        {mayEdit && (
          <Button icon={Pencil} onClick={() => setEditing(true)}>
            Edit
          </Button>
        )}
        {mayDelete && !investor.deleted_at && (
          <Button icon={Trash2} onClick={() => remove(investor, { onSuccess: onClose })}>
            Delete
          </Button>
        )}
        {mayDelete && investor.deleted_at && (
          <Button icon={RotateCcw} onClick={() => restore(investor)}>
            Restore
          </Button>
        )}
      </div>
      <Facts investor={investor} />
    </div>
  )
}

/** Side panel of an investor, next to the list. */
export function InvestorPanel({ investorId, onClose }: { investorId: string | undefined; onClose: () => void }) {
  const id = investorId ?? ''
  const query = useQuery({ queryKey: keys.investors.one(id), queryFn: () => investorGet(id), enabled: investorId !== undefined })
  return (
    <SidePanel open={investorId !== undefined} onClose={onClose} title={query.data?.name ?? 'Investor'}>
      {query.isPending ? (
        <SkeletonLines lines={8} />
      ) : query.isError ? (
        asProblem(query.error).status === 404 ? (
          <EmptyState icon={Wallet} title="Investor not found">
            It doesn’t exist, or you don’t have access to it.
          </EmptyState>
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <Detail key={id} investor={query.data} onClose={onClose} />
      )}
    </SidePanel>
  )
}
