import { dateFormat } from '@/lib/locale'
import { createLazyRoute } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'
import { cx } from '@/lib/cx'
import { useNow, useTimeZone } from '@/lib/time'
import { useCan } from '@/session/useMe'
import { usePageTitle } from '@/lib/title'
import { PageHeader } from '@/ui/PageHeader'
import { SkeletonLines } from '@/ui/states'
import { DueToday } from './DueToday'
import { News } from './News'
import { ProductWork } from './ProductWork'

// Charts are larger than everything else; due items don't wait for them.
const InvestorFigures = lazy(() => import('./InvestorFigures'))

export const Route = createLazyRoute('/shell/overview')({ component: OverviewPage })

function Today() {
  const timeZone = useTimeZone()
  const now = useNow()
  return <>{dateFormat({ weekday: 'long', day: 'numeric', month: 'long', timeZone }).format(now)}</>
}

/** The start page: due items, notifications, and the workspaces the user can see. */
function OverviewPage() {
  usePageTitle('Overview')
  const reminds = useCan('reminder_write')
  const works = useCan('task_progress')
  const readsProducts = useCan('product_read')
  const readsFigures = useCan('analytics_read')
  const hasDue = reminds || works
  return (
    <>
      <PageHeader title="Overview" meta={<Today />} />
      <div className="flex flex-col gap-6 p-4 md:gap-8 md:p-6">
        <div className={cx('grid grid-cols-[minmax(0,1fr)] gap-4', hasDue && 'xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]')}>
          {hasDue && <DueToday reminds={reminds} works={works} />}
          <News />
        </div>
        {readsProducts && <ProductWork />}
        {readsFigures && (
          <Suspense fallback={<SkeletonLines lines={8} />}>
            <InvestorFigures />
          </Suspense>
        )}
      </div>
    </>
  )
}
