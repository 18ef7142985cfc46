import { useQuery } from '@tanstack/react-query'
import { Outlet, createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { Wallet } from 'lucide-react'
import { useEffect } from 'react'
import { investorGet } from '@/api/investors'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Investor } from '@/api/types'
import { cx } from '@/lib/cx'
import { useShortcut } from '@/lib/shortcuts'
import { useCan } from '@/session/useMe'
import { usePageTitle } from '@/lib/title'
import { useChange } from '@/shell/useChange'
import { StatusBadge, TierBadge } from '@/ui/Badge'
import { SidePanel } from '@/ui/Dialog'
import { PageHeader, Section } from '@/ui/PageHeader'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { Suspects } from './duplicates/Suspects'
import { Facts } from './Facts'
import { Figures } from './Figures'
import { InvestorActions } from './InvestorActions'
import { InvestorForm } from './InvestorForm'
import { InvestorTabs, useOnTimeline } from './InvestorTabs'
import { CHOOSE, MergePanel } from './merge/MergePanel'
import { MergeProgress } from './merge/MergeProgress'
import { Proof } from './Proof'
import { Reminders } from './Reminders'
import { useSavedToast } from './useSavedToast'
import type { InvestorSearch } from './routes'

export const Route = createLazyRoute('/shell/investors/$investorId')({ component: InvestorPage })
const route = getRouteApi('/shell/investors/$investorId')

function InvestorPage() {
  const { investorId } = route.useParams()
  const query = useQuery({ queryKey: keys.investors.one(investorId), queryFn: () => investorGet(investorId) })
  usePageTitle('Investors', query.data?.name)
  const navigate = useNavigate()
  const answered = query.data?.id
  // It was merged into another investor, which responds in its place.
  useEffect(() => {
    if (answered && answered !== investorId)
      void navigate({ to: '/investors/$investorId', params: { investorId: answered }, replace: true })
  }, [answered, investorId, navigate])
  if (query.isPending)
    return (
      <div className="p-6">
        <SkeletonLines lines={10} />
      </div>
    )
  if (query.isError) {
    return asProblem(query.error).status === 404 ? (
      <EmptyState icon={Wallet} title="Investor not found" page>
        It doesn’t exist, or you don’t have access to it.
      </EmptyState>
    ) : (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    )
  }
  return <Loaded key={investorId} investor={query.data} />
}

function Loaded({ investor }: { investor: Investor }) {
  const search = route.useSearch()
  const onTimeline = useOnTimeline(investor.id)
  const mayEdit = useCan('investor_update') && !investor.deleted_at
  const mayMerge = useCan('investor_merge') && !investor.deleted_at
  const mayProve = useCan('investor_history_read')
  const mayCount = useCan('analytics_read')
  const showSaved = useSavedToast()
  const change = useChange<InvestorSearch>(['edit', 'merge'])
  const edit = () => change({ edit: true })
  useShortcut('e', 'Edit', edit, 'This page', mayEdit)
  return (
    <div className="flex h-full flex-col overflow-y-auto">
      <PageHeader
        title={investor.name}
        meta={
          <span className="flex flex-wrap items-center gap-2">
            <TierBadge tier={investor.tier} />
            <StatusBadge status={investor.deleted_at ? 'deleted' : investor.status} />
          </span>
        }
        actions={
          <InvestorActions
            investor={investor}
            onEdit={mayEdit ? edit : undefined}
            onMerge={mayMerge ? () => change({ merge: CHOOSE }) : undefined}
          />
        }
      />
      {investor.deleted_at && (
        <p role="status" className="mx-4 mt-4 rounded-md bg-amber-bg px-3 py-2 text-amber md:mx-6">
          This investor is deleted. You can restore it.
        </p>
      )}
      <div className="flex flex-col gap-3 px-4 md:px-6">
        <MergeProgress investorId={investor.id} />
        {mayMerge && <Suspects investorId={investor.id} onCompare={(merge) => change({ merge })} />}
      </div>
      {mayCount && (
        <div className={cx('px-4 pt-4 md:px-6 md:pt-6', !onTimeline && 'max-lg:hidden')}>
          <Figures investorId={investor.id} />
        </div>
      )}
      <InvestorTabs investorId={investor.id} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 p-4 md:p-6 lg:grid-cols-[minmax(0,1fr)_340px]">
        {/* At phone width, the tab's parts and the sidebar are one column: logging an activity comes first. */}
        <div className="flex min-w-0 flex-col gap-5 max-lg:contents">
          <Outlet />
        </div>
        <aside className={cx('flex min-w-0 flex-col gap-6 max-lg:order-2', !onTimeline && 'max-lg:hidden')}>
          <Section title="Details">
            <Facts investor={investor} />
          </Section>
          <Reminders investorId={investor.id} mayWrite={!investor.deleted_at} />
          {mayProve && (
            <Section title="History" hint="Each audit record is chained to the previous one.">
              <Proof investorId={investor.id} />
            </Section>
          )}
        </aside>
      </div>
      <MergePanel investor={investor} other={mayMerge ? search.merge : undefined} onOther={(merge) => change({ merge })} />
      <SidePanel open={search.edit === true && mayEdit} onClose={() => change({ edit: undefined })} title={`Edit ${investor.name}`}>
        <InvestorForm
          investor={investor}
          onCancel={() => change({ edit: undefined })}
          onDone={(saved, before) => {
            showSaved(saved, before)
            change({ edit: undefined })
          }}
        />
      </SidePanel>
    </div>
  )
}
