import { Link } from '@tanstack/react-router'
import { Banknote, FileText, Landmark, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CashFlow, Document, Investment, Money } from '@/api/types'
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

interface MoneyRowProps {
  icon: LucideIcon
  /** What moved, such as "Distribution". */
  what: string
  amount: Money
  /** The day of the money, not of the entry. */
  day: string
  who: string
  investment: Pick<Investment, 'id' | 'investor_id'>
  name: string
  about?: ReactNode
}

/** A compact entry about money: what, how much, of which investment and on which day. */
function MoneyRow({ icon: Icon, what, amount, day, who, investment, name, about }: MoneyRowProps) {
  return (
    <article className="flex items-start gap-2 px-4 py-1 text-ink-2">
      <Icon className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
      <div className="min-w-0">
        <p className="break-words">
          <span className="font-medium text-ink">{what}</span> <span className="tabular text-ink">{formatMoney(amount)}</span>
          {' · '}
          <Link
            to="/investors/$investorId/investments/$investmentId"
            params={{ investorId: investment.investor_id, investmentId: investment.id }}
            className={LINK}
          >
            {name}
          </Link>{' '}
          <time dateTime={day} className="text-xs whitespace-nowrap text-ink-3">
            {formatDate(day)}
          </time>
        </p>
        {about && <p className="text-xs break-words whitespace-pre-wrap text-ink-3">{about}</p>}
        <p className="text-xs text-ink-3">Recorded by {who}</p>
      </div>
    </article>
  )
}

export function InvestmentRow({ investment }: { investment: Investment }) {
  return (
    <MoneyRow
      icon={Landmark}
      what={INVESTMENT_KINDS[investment.kind]}
      amount={investment.commitment}
      day={investment.invested_on}
      who={investment.created_by_name}
      investment={investment}
      name={investment.name}
    />
  )
}

export function CashFlowRow({ flow, name }: { flow: CashFlow; name: string | null | undefined }) {
  return (
    <MoneyRow
      icon={Banknote}
      what={CASH_FLOW_KINDS[flow.kind]}
      amount={flow.amount}
      day={flow.date}
      who={flow.created_by_name}
      investment={{ id: flow.investment_id, investor_id: flow.investor_id }}
      name={name ?? 'Investment'}
      about={flow.notes}
    />
  )
}
