import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Maximize2, RotateCcw, Trash2, Wallet } from 'lucide-react'
import { investorGet } from '@/api/investors'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import { useCan } from '@/session/useMe'
import { StatusBadge, TierBadge } from '@/ui/Badge'
import { Button, buttonClass } from '@/ui/Button'
import { SidePanel } from '@/ui/Dialog'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { Facts } from './Facts'
import { useRemoval } from './useStored'

/** An investor beside the list, so that the list stays. */
export function InvestorPanel({ investorId, onClose }: { investorId: string | undefined; onClose: () => void }) {
  const id = investorId ?? ''
  const query = useQuery({ queryKey: keys.investors.one(id), queryFn: () => investorGet(id), enabled: investorId !== undefined })
  const mayDelete = useCan('investor_delete')
  const { remove, restore } = useRemoval()
  const investor = query.data
  return (
    <SidePanel open={investorId !== undefined} onClose={onClose} title={investor?.name ?? 'Investor'}>
      {query.isPending ? (
        <SkeletonLines lines={8} />
      ) : query.isError ? (
        asProblem(query.error).status === 404 ? (
          <EmptyState icon={Wallet} title="No such investor">It is not there, or not yours to see.</EmptyState>
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : investor ? (
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center gap-2">
            <TierBadge tier={investor.tier} />
            <StatusBadge status={investor.deleted_at ? 'deleted' : investor.status} />
          </div>
          <div className="flex flex-wrap gap-2">
            <Link to="/investors/$investorId" params={{ investorId: id }} className={buttonClass('primary')}>
              <Maximize2 className="size-4" aria-hidden />
              Open page
            </Link>
            {mayDelete && !investor.deleted_at && (
              <Button icon={Trash2} onClick={() => void remove(investor).then((gone) => gone && onClose())}>Delete</Button>
            )}
            {mayDelete && investor.deleted_at && <Button icon={RotateCcw} onClick={() => void restore(investor)}>Restore</Button>}
          </div>
          <Facts investor={investor} />
        </div>
      ) : null}
    </SidePanel>
  )
}
