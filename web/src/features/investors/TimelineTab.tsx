import { createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCan } from '@/session/useMe'
import { ActivityForm } from './ActivityForm'
import { Timeline } from './Timeline'
import { useInvestor } from './useInvestor'

export const Route = createLazyRoute('/shell/investors/$investorId/')({ component: TimelineTab })
const investorRoute = getRouteApi('/shell/investors/$investorId')

function TimelineTab() {
  const { investorId } = investorRoute.useParams()
  const { kind } = investorRoute.useSearch()
  const navigate = useNavigate()
  const { deleted } = useInvestor(investorId)
  const mayWrite = useCan('activity_write') && !deleted
  return (
    <>
      {mayWrite && (
        <div className="max-lg:order-1">
          <ActivityForm investorId={investorId} />
        </div>
      )}
      <div className="min-w-0 max-lg:order-3">
        <Timeline
          investorId={investorId}
          kind={kind}
          onKind={(next) => void navigate({ to: '.', search: (now) => ({ ...now, kind: next }), replace: true, resetScroll: false })}
          mayWrite={mayWrite}
        />
      </div>
    </>
  )
}
