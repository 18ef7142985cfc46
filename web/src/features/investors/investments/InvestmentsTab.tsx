import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { Landmark, Plus } from 'lucide-react'
import { useState } from 'react'
import { pages } from '@/api/client'
import { holdingsGet, investmentList } from '@/api/investments'
import { keys } from '@/api/keys'
import type { Investment } from '@/api/types'
import { INVESTMENT_KINDS } from '@/api/words'
import { likelyCurrency } from '@/lib/currencyOf'
import { formatMoney } from '@/lib/money'
import { formatDate } from '@/lib/day'
import { useTitlePart } from '@/lib/title'
import { useCan } from '@/session/useMe'
import { ExportButton } from '@/shell/ExportButton'
import { InvestmentBadge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { LoadMore } from '@/ui/LoadMore'
import { Section } from '@/ui/PageHeader'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { useInvestor } from '../useInvestor'
import { FigureStrip } from './FigureStrip'
import { InvestmentForm } from './InvestmentForm'
import { remarks } from './remarks'

export const Route = createLazyRoute('/shell/investors/$investorId/investments')({ component: InvestmentsTab })
const route = getRouteApi('/shell/investors/$investorId/investments')

/** Holdings in each currency; different currencies are never added up. */
function HoldingsBlock({ investorId }: { investorId: string }) {
  const query = useQuery({
    queryKey: keys.investments.holdings(investorId),
    queryFn: () => holdingsGet(investorId),
    refetchOnWindowFocus: false,
  })
  if (query.isPending)
    return (
      <Section title="Holdings">
        <SkeletonLines lines={3} />
      </Section>
    )
  if (query.isError)
    return (
      <Section title="Holdings">
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Section>
    )
  return query.data.currencies.map((held) => {
    const { currency, investments, figures, irr, valued_part: part } = held
    return (
      <Section key={currency} title={`Holdings in ${currency}`} hint={investments === 1 ? '1 investment' : `${investments} investments`}>
        <FigureStrip figures={figures} irr={irr} part={part} notes={remarks(held)} label={`Holdings in ${currency}`} />
      </Section>
    )
  })
}

function Row({ investment }: { investment: Investment }) {
  const { id, investor_id: investorId, name, kind, round, status, commitment, invested_on: on } = investment
  return (
    <li>
      <Link
        to="/investors/$investorId/investments/$investmentId"
        params={{ investorId, investmentId: id }}
        className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 px-4 py-3 hover:bg-hover focus-visible:-outline-offset-2 md:grid-cols-[minmax(0,1fr)_6.5rem_11rem_6rem]"
      >
        <span className="min-w-0">
          <span className="block font-medium break-words">{name}</span>
          <span className="block text-xs text-ink-3">
            {INVESTMENT_KINDS[kind]}
            {round && ` · ${round}`}
            <span className="md:hidden"> · {formatDate(on)}</span>
          </span>
        </span>
        <span className="text-ink-2 max-md:hidden">{formatDate(on)}</span>
        <span className="tabular text-right font-medium max-md:col-start-2 max-md:row-start-1">{formatMoney(commitment)}</span>
        <span className="max-md:col-start-2 max-md:row-start-2 max-md:justify-self-end md:justify-self-end">
          <InvestmentBadge status={status} />
        </span>
      </Link>
    </li>
  )
}

function useInvestments(investorId: string) {
  return useInfiniteQuery({
    queryKey: keys.investments.list(investorId),
    queryFn: ({ pageParam }) => investmentList(investorId, pageParam),
    ...pages,
    // Each read of personal data is recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
  })
}

function List({ investorId, onAdd }: { investorId: string; onAdd: (() => void) | undefined }) {
  const list = useInvestments(investorId)
  if (list.isPending)
    return (
      <Section title="Investments">
        <SkeletonLines lines={5} />
      </Section>
    )
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  const investments = list.data.pages.flatMap(({ items }) => items)
  if (investments.length === 0) {
    return (
      <EmptyState
        icon={Landmark}
        title="No investments yet"
        action={
          onAdd && (
            <Button variant="primary" icon={Plus} onClick={onAdd}>
              Add an investment
            </Button>
          )
        }
      >
        Commitments, cash flows and returns of this investor appear here.
      </EmptyState>
    )
  }
  return (
    <section aria-label="Investments" className="rounded-lg border border-line bg-surface">
      <header className="flex min-h-12 items-center gap-3 border-b border-line px-4 py-2">
        <h2 className="flex-1 font-semibold">Investments</h2>
        <ExportButton path={`/api/exports/investors/${investorId}/investments`} name="investments" action="investor_export" />
        {onAdd && (
          <Button icon={Plus} onClick={onAdd}>
            Add
          </Button>
        )}
      </header>
      <ul className="divide-y divide-line">
        {investments.map((investment) => (
          <Row key={investment.id} investment={investment} />
        ))}
      </ul>
      <LoadMore hasMore={list.hasNextPage} loading={list.isFetchingNextPage} onLoad={() => void list.fetchNextPage()} />
    </section>
  )
}

function InvestmentsTab() {
  useTitlePart('Investments')
  const { investorId } = route.useParams()
  const navigate = useNavigate()
  const { deleted, country } = useInvestor(investorId)
  // The latest one comes first.
  const latest = useInvestments(investorId).data?.pages[0]?.items[0]
  const mayWrite = useCan('investment_write') && !deleted
  const [adding, setAdding] = useState(false)
  return (
    <>
      <HoldingsBlock investorId={investorId} />
      <List investorId={investorId} onAdd={mayWrite ? () => setAdding(true) : undefined} />
      <Dialog open={adding} onClose={() => setAdding(false)} title="New investment" size="large">
        {adding && (
          <InvestmentForm
            investorId={investorId}
            currency={likelyCurrency(latest?.commitment.currency, country)}
            onCancel={() => setAdding(false)}
            onDone={({ id }) => {
              setAdding(false)
              void navigate({ to: '/investors/$investorId/investments/$investmentId', params: { investorId, investmentId: id } })
            }}
          />
        )}
      </Dialog>
    </>
  )
}
