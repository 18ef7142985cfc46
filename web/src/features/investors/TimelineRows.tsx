import { Link } from '@tanstack/react-router'
import { Banknote, FileText, Landmark, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CashFlow, Document, Investment } from '@/api/types'
import { CASH_FLOW_KINDS, INVESTMENT_KINDS } from '@/api/words'
import { formatMoney } from '@/lib/money'
import { formatDate } from '@/lib/day'
import { RelativeTime } from '@/ui/RelativeTime'

const LINK = 'text-ink hover:text-accent hover:underline'

/** A compact timeline entry: who did what, with details below. */
function Row({ icon: Icon, who, did, at, children }: { icon: LucideIcon; who: string; did: string; at: string; children: ReactNode }) {
  return (
    <article className="flex items-start gap-2 px-4 py-1 text-ink-2">
      <Icon className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
      <div className="min-w-0">
        <p>
          <span className="font-medium text-ink">{who}</span> {did} <RelativeTime at={at} className="text-xs text-ink-3" />
        </p>
        <div className="break-words">{children}</div>
      </div>
    </article>
  )
}

export function DocumentRow({ document }: { document: Document }) {
  return (
    <Row icon={FileText} who={document.created_by_name} did="added a document" at={document.created_at}>
      <p>
        <Link
          to="/investors/$investorId/documents"
          params={{ investorId: document.investor_id }}
          search={{ document: document.id }}
          className={LINK}
        >
          {document.title}
        </Link>
      </p>
      {document.description && <p className="text-xs whitespace-pre-wrap text-ink-3">{document.description}</p>}
    </Row>
  )
}

export function InvestmentRow({ investment }: { investment: Investment }) {
  return (
    <Row icon={Landmark} who={investment.created_by_name} did="recorded an investment" at={investment.created_at}>
      <p>
        <Link
          to="/investors/$investorId/investments/$investmentId"
          params={{ investorId: investment.investor_id, investmentId: investment.id }}
          className={`${LINK} underline decoration-line-strong`}
        >
          {investment.name}
        </Link>
        {' · '}
        {INVESTMENT_KINDS[investment.kind]} · <span className="tabular">{formatMoney(investment.commitment)}</span>
      </p>
      <p className="text-xs text-ink-3">Invested on {formatDate(investment.invested_on)}</p>
    </Row>
  )
}

export function CashFlowRow({ flow }: { flow: CashFlow }) {
  return (
    <Row icon={Banknote} who={flow.created_by_name} did={`recorded a ${CASH_FLOW_KINDS[flow.kind].toLowerCase()}`} at={flow.created_at}>
      <p>
        <span className="tabular">{formatMoney(flow.amount)}</span> <span className="text-xs text-ink-3">on {formatDate(flow.date)}</span>
      </p>
    </Row>
  )
}
