import { Link, useLocation } from '@tanstack/react-router'
import { cx } from '@/lib/cx'
import { useCan } from '@/session/useMe'

const LOOK = cx(
  '-mb-px flex h-9 items-center border-b-2 border-transparent font-medium whitespace-nowrap text-ink-3 hover:text-ink',
  'focus-visible:-outline-offset-2 aria-[current=page]:border-accent aria-[current=page]:text-ink max-md:h-11',
)

/** Whether the page shows the timeline; on a phone, that tab also shows everything in the sidebar. */
export function useOnTimeline(investorId: string): boolean {
  return useLocation({ select: ({ pathname }) => pathname.replace(/\/$/, '') === `/investors/${investorId}` })
}

/** The sections of an investor's page, each with its own URL. */
export function InvestorTabs({ investorId }: { investorId: string }) {
  const params = { investorId }
  const mayFile = useCan('document_read')
  return (
    <nav
      aria-label="Sections of this page"
      className="mx-4 mt-4 flex shrink-0 gap-4 overflow-x-auto overflow-y-hidden border-b border-line md:mx-6"
    >
      <Link to="/investors/$investorId" params={params} activeOptions={{ exact: true, includeSearch: false }} className={LOOK}>
        Timeline
      </Link>
      {mayFile && (
        <Link to="/investors/$investorId/documents" params={params} activeOptions={{ includeSearch: false }} className={LOOK}>
          Documents
        </Link>
      )}
      <Link to="/investors/$investorId/investments" params={params} className={LOOK}>
        Investments
      </Link>
    </nav>
  )
}
