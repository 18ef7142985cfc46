import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { ChevronDown, ChevronLeft, Landmark, Pencil, Trash2 } from 'lucide-react'
import { Suspense, lazy, useState } from 'react'
import { investmentGet, investmentUpdate } from '@/api/investments'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Investment, InvestmentStatus } from '@/api/types'
import { INVESTMENT_KINDS, INVESTMENT_STATUSES, options } from '@/api/words'
import { decimalsOf } from '@/lib/currencies'
import { formatDate } from '@/lib/day'
import { useTitlePart } from '@/lib/title'
import { useCan } from '@/session/useMe'
import { InvestmentBadge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Menu, MenuChoice } from '@/ui/Menu'
import { Section } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, Loading, Skeleton, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useInvestor } from '../useInvestor'
import { InvestmentDocuments } from '../documents/InvestmentDocuments'
import { CashFlows } from './CashFlows'
import { FigureStrip } from './FigureStrip'
import { InvestmentForm } from './InvestmentForm'
import { series } from './ledger'
import { ROLLED_FORWARD } from './remarks'
import { allCashFlows, useInvestmentsStale, useRemoveInvestment } from './useInvestments'

export const Route = createLazyRoute('/shell/investors/$investorId/investments/$investmentId')({ component: InvestmentTab })
const route = getRouteApi('/shell/investors/$investorId/investments/$investmentId')

// The chart code is larger than everything else on this page.
const FlowChart = lazy(() => import('./FlowChart').then(({ FlowChart: component }) => ({ default: component })))

interface StatusChange {
  investment: Investment
  status: InvestmentStatus
  mayUndo: boolean
}

function useStatusChange() {
  const stale = useInvestmentsStale()
  const { mutate } = useMutation({
    mutationFn: ({ investment, status }: StatusChange) => investmentUpdate(investment, { status }),
    onSuccess: (saved, { investment, status, mayUndo }) => {
      const undo = { label: 'Undo', run: () => mutate({ investment: saved, status: investment.status, mayUndo: false }) }
      toast.done(`${saved.name}: ${INVESTMENT_STATUSES[status].toLowerCase()}`, mayUndo ? { action: undo } : undefined)
    },
    onError: (error) => toast.error('Couldn’t change the status', error),
    onSettled: (_saved, _error, { investment }) => stale(investment.investor_id),
  })
  return (investment: Investment, status: InvestmentStatus) => mutate({ investment, status, mayUndo: true })
}

function Removal({ investment, open, onClose }: { investment: Investment; open: boolean; onClose: () => void }) {
  const removal = useRemoveInvestment()
  const filled = investment.cash_flows > 0
  return (
    <Dialog
      open={open}
      onClose={onClose}
      size="small"
      title={filled ? 'This investment has cash flows' : 'Delete this investment?'}
      description={
        filled
          ? 'Delete its cash flows first. If the investment has ended, set its status to exited instead.'
          : `${investment.name} is also removed from the figures. This can’t be undone.`
      }
      footer={
        <>
          <Button onClick={onClose}>{filled ? 'Close' : 'Cancel'}</Button>
          {!filled && (
            <Button variant="danger" busy={removal.isPending} onClick={() => removal.mutate(investment, { onSettled: onClose })}>
              Delete
            </Button>
          )}
        </>
      }
    />
  )
}

function Actions({ investment }: { investment: Investment }) {
  const changeStatus = useStatusChange()
  const [editing, setEditing] = useState(false)
  const [removing, setRemoving] = useState(false)
  return (
    <div className="flex flex-wrap gap-2">
      <Menu
        align="start"
        trigger={
          <Button>
            Status
            <ChevronDown className="size-4" aria-hidden />
          </Button>
        }
      >
        <MenuChoice
          value={investment.status}
          options={options(INVESTMENT_STATUSES)}
          onChange={(status) => status !== investment.status && changeStatus(investment, status)}
        />
      </Menu>
      <Button icon={Pencil} aria-label="Edit investment" onClick={() => setEditing(true)}>
        Edit
      </Button>
      <Button icon={Trash2} aria-label="Delete investment" onClick={() => setRemoving(true)}>
        Delete
      </Button>
      <Dialog open={editing} onClose={() => setEditing(false)} title={`Edit ${investment.name}`} size="large">
        {editing && (
          <InvestmentForm
            investorId={investment.investor_id}
            investment={investment}
            onCancel={() => setEditing(false)}
            onDone={() => setEditing(false)}
          />
        )}
      </Dialog>
      <Removal investment={investment} open={removing} onClose={() => setRemoving(false)} />
    </div>
  )
}

function Head({ investment }: { investment: Investment }) {
  useTitlePart(investment.name)
  const { name, kind, round, status, invested_on: on, valued_on: valued, rolled_forward: rolled, notes } = investment
  return (
    <header className="flex flex-col gap-1.5">
      <Link
        to="/investors/$investorId/investments"
        params={{ investorId: investment.investor_id }}
        className="flex items-center gap-1 self-start text-xs text-ink-3 hover:text-ink max-md:min-h-11"
      >
        <ChevronLeft className="size-3.5" aria-hidden />
        All investments
      </Link>
      <h2 className="flex flex-wrap items-center gap-2 text-base font-semibold">
        <span className="min-w-0 break-words">{name}</span>
        <InvestmentBadge status={status} />
      </h2>
      <p className="text-ink-2">
        {INVESTMENT_KINDS[kind]}
        {round && ` · ${round}`} · Invested on {formatDate(on)}
        {valued && ` · Valued on ${formatDate(valued)}${rolled ? ', rolled forward' : ''}`}
      </p>
      {notes && <p className="break-words whitespace-pre-wrap text-ink-2">{notes}</p>}
      <p className="text-xs text-ink-3">
        Recorded by {investment.created_by_name} <RelativeTime at={investment.created_at} />
      </p>
    </header>
  )
}

function Flows({ investment, mayWrite }: { investment: Investment; mayWrite: boolean }) {
  const { id, investor_id: investorId } = investment
  const { currency } = investment.commitment
  const query = useQuery({
    queryKey: keys.investments.cashFlows(investorId, id),
    queryFn: () => allCashFlows(investment),
    // Each read of personal data is recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
  })
  if (query.isPending)
    return (
      <Section title="Cash flows">
        <SkeletonLines lines={4} />
      </Section>
    )
  if (query.isError)
    return (
      <Section title="Cash flows">
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Section>
    )
  const points = series(query.data, decimalsOf(currency))
  return (
    <>
      {points.length > 1 && (
        <Section title="Value and net cash flows">
          <Suspense
            fallback={
              <Loading label="Loading the chart">
                <Skeleton className="h-56 w-full" />
              </Loading>
            }
          >
            <FlowChart points={points} currency={currency} />
          </Suspense>
        </Section>
      )}
      <CashFlows investment={investment} flows={query.data} mayWrite={mayWrite} />
    </>
  )
}

function InvestmentTab() {
  const { investorId, investmentId } = route.useParams()
  const { deleted } = useInvestor(investorId)
  const mayWrite = useCan('investment_write') && !deleted
  const query = useQuery({
    queryKey: keys.investments.one(investorId, investmentId),
    queryFn: () => investmentGet({ id: investmentId, investor_id: investorId }),
    refetchOnWindowFocus: false,
  })
  if (query.isPending) return <SkeletonLines lines={10} />
  if (query.isError) {
    return asProblem(query.error).status === 404 ? (
      <EmptyState icon={Landmark} title="Investment not found">
        It was deleted, or you don’t have access to it.
      </EmptyState>
    ) : (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    )
  }
  const investment = query.data
  return (
    <article aria-label={investment.name} className="flex flex-col gap-4">
      <Head investment={investment} />
      {mayWrite && <Actions investment={investment} />}
      <Section title="Figures">
        <FigureStrip
          figures={investment.figures}
          label="Figures of the investment"
          notes={investment.rolled_forward ? [`The value is rolled forward: ${ROLLED_FORWARD}.`] : []}
        />
      </Section>
      <Flows key={investment.id} investment={investment} mayWrite={mayWrite} />
      <InvestmentDocuments investment={investment} deleted={deleted} />
    </article>
  )
}
