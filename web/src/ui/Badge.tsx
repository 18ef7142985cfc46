import type { ReactNode } from 'react'
import type { DocumentStatus, ImportStatus, InvestmentStatus, InvestorStatus, ReminderStatus, Tier, UserStatus } from '@/api/types'
import { DOCUMENT_STATUSES, INVESTMENT_STATUSES, IMPORT_STATUSES, INVESTOR_STATUSES, REMINDER_STATUSES, TIERS, USER_STATUSES } from '@/api/words'
import { cx } from '@/lib/cx'

export type Tone = 'slate' | 'blue' | 'green' | 'amber' | 'red' | 'violet' | 'bronze'

const TONE: Record<Tone, string> = {
  slate: 'bg-slate-bg text-slate',
  blue: 'bg-blue-bg text-blue',
  green: 'bg-green-bg text-green',
  amber: 'bg-amber-bg text-amber',
  red: 'bg-red-bg text-red',
  violet: 'bg-violet-bg text-violet',
  bronze: 'bg-bronze-bg text-bronze',
}

/** A word on a tint. The colour helps the eye, the word carries the meaning. */
export function Badge({ tone = 'slate', shape, children }: { tone?: Tone; shape?: ReactNode; children: ReactNode }) {
  return (
    <span className={cx('inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap', TONE[tone])}>
      {shape}
      {children}
    </span>
  )
}

const SHAPES = {
  diamond: <path d="M5 .5 9.5 5 5 9.5.5 5z" />,
  hexagon: <path d="M5 .3 9.1 2.6v4.8L5 9.7.9 7.4V2.6z" />,
  square: <rect x="1" y="1" width="8" height="8" rx="1" />,
  triangle: <path d="M5 1 9.6 9H.4z" />,
  ring: <circle cx="5" cy="5" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 1.4" />,
  dot: <circle cx="5" cy="5" r="3" />,
  hollow: <circle cx="5" cy="5" r="3" fill="none" stroke="currentColor" strokeWidth="1.5" />,
} as const

function Shape({ of }: { of: keyof typeof SHAPES }) {
  return (
    <svg viewBox="0 0 10 10" className="size-2.5" fill="currentColor" aria-hidden>
      {SHAPES[of]}
    </svg>
  )
}

const TIER_LOOK: Record<Tier, [Tone, keyof typeof SHAPES]> = {
  platinum: ['violet', 'diamond'],
  gold: ['amber', 'hexagon'],
  silver: ['slate', 'square'],
  bronze: ['bronze', 'triangle'],
  prospect: ['blue', 'ring'],
}

export function TierBadge({ tier }: { tier: Tier }) {
  const [tone, shape] = TIER_LOOK[tier]
  return <Badge tone={tone} shape={<Shape of={shape} />}>{TIERS[tier]}</Badge>
}

const STATUS_WORDS = { ...INVESTOR_STATUSES, ...USER_STATUSES, ...IMPORT_STATUSES, deleted: 'Deleted' }
const STATUS_TONE: Partial<Record<keyof typeof STATUS_WORDS, Tone>> = {
  active: 'green',
  done: 'green',
  checked: 'blue',
  checking: 'blue',
  importing: 'blue',
  ready: 'blue',
  failed: 'red',
  deleted: 'red',
}

/** The status of an investor, user or import. */
export function StatusBadge({ status }: { status: InvestorStatus | UserStatus | ImportStatus | 'deleted' }) {
  const tone = STATUS_TONE[status] ?? 'slate'
  return <Badge tone={tone} shape={<Shape of={tone === 'slate' ? 'hollow' : 'dot'} />}>{STATUS_WORDS[status]}</Badge>
}

const REMINDER_TONE: Record<ReminderStatus, Tone> = { scheduled: 'blue', sent: 'amber', failed: 'red', done: 'green', cancelled: 'slate' }

export function ReminderBadge({ status }: { status: ReminderStatus }) {
  const tone = REMINDER_TONE[status]
  return <Badge tone={tone} shape={<Shape of={tone === 'slate' ? 'hollow' : 'dot'} />}>{REMINDER_STATUSES[status]}</Badge>
}

const DOCUMENT_TONE: Record<DocumentStatus, Tone> = { awaiting_upload: 'slate', available: 'green', quarantined: 'red' }

/** The status of a document or of one of its versions; `checking` is one whose file has arrived and is looked at. */
export function DocumentBadge({ status }: { status: DocumentStatus | 'checking' }) {
  const tone = status === 'checking' ? 'blue' : DOCUMENT_TONE[status]
  return <Badge tone={tone} shape={<Shape of={tone === 'slate' ? 'hollow' : 'dot'} />}>{status === 'checking' ? 'Being checked' : DOCUMENT_STATUSES[status]}</Badge>
}

const INVESTMENT_TONE: Record<InvestmentStatus, Tone> = { committed: 'blue', active: 'green', exited: 'slate', written_off: 'red' }

export function InvestmentBadge({ status }: { status: InvestmentStatus }) {
  const tone = INVESTMENT_TONE[status]
  return <Badge tone={tone} shape={<Shape of={tone === 'slate' ? 'hollow' : 'dot'} />}>{INVESTMENT_STATUSES[status]}</Badge>
}
