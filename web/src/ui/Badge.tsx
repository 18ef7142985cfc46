import type { ReactNode } from 'react'
import type {
  AssetApproval,
  DocumentStatus,
  ImportStatus,
  InvestmentStatus,
  InvestorStatus,
  MilestoneStatus,
  Priority,
  ProductStatus,
  ReminderStatus,
  RequirementStatus,
  Tier,
  UserStatus,
} from '@/api/types'
import {
  ASSET_APPROVALS,
  DOCUMENT_STATUSES,
  INVESTMENT_STATUSES,
  IMPORT_STATUSES,
  INVESTOR_STATUSES,
  MILESTONE_STATUSES,
  PRIORITIES,
  PRODUCT_STATUSES,
  REMINDER_STATUSES,
  REQUIREMENT_STATUSES,
  TIERS,
  USER_STATUSES,
} from '@/api/words'
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

interface BadgeProps {
  tone?: Tone
  shape?: ReactNode
  /** A long text is wrapped instead of cut: where there is room for all of it. */
  whole?: boolean
  children: ReactNode
}

/** A word on a tint. The colour is an aid; the word carries the meaning. */
export function Badge({ tone = 'slate', shape, whole = false, children }: BadgeProps) {
  return (
    <span
      title={!whole && typeof children === 'string' ? children : undefined}
      className={cx(
        'inline-flex max-w-full min-w-0 items-center gap-1 rounded-sm px-1.5 text-xs font-medium',
        whole ? 'min-h-5' : 'h-5 whitespace-nowrap',
        TONE[tone],
      )}
    >
      {shape}
      <span className={whole ? 'min-w-0 wrap-anywhere' : 'truncate'}>{children}</span>
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
  up: <path d="M5 1 9.2 6H.8zM.8 7.5h8.4V9H.8z" />,
  down: <path d="M5 9 .8 4h8.4z" />,
  equal: <path d="M.8 2.6h8.4v1.8H.8zM.8 5.8h8.4v1.8H.8z" />,
  link: (
    <path
      d="M2 5h2.2M5.8 5H8M3.4 2.2 2.6 1M6.6 2.2 7.4 1M3.4 7.8 2.6 9M6.6 7.8 7.4 9"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
    />
  ),
  check: (
    <path d="m1.5 5.3 2.4 2.4 4.6-5" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
  ),
} as const

function Shape({ of }: { of: keyof typeof SHAPES }) {
  return (
    <svg viewBox="0 0 10 10" className="size-2.5 shrink-0" fill="currentColor" aria-hidden>
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
  return (
    <Badge tone={tone} shape={<Shape of={shape} />}>
      {TIERS[tier]}
    </Badge>
  )
}

const STATUS_WORDS = { ...INVESTOR_STATUSES, ...USER_STATUSES, ...IMPORT_STATUSES, deleted: 'Deleted' }
const STATUS_TONE: Partial<Record<keyof typeof STATUS_WORDS, Tone>> = {
  active: 'green',
  done: 'green',
  checked: 'blue',
  invited: 'blue',
  checking: 'blue',
  importing: 'blue',
  ready: 'blue',
  failed: 'red',
  deleted: 'red',
}

/** The status of an investor, user or import. */
export function StatusBadge({ status }: { status: InvestorStatus | UserStatus | ImportStatus | 'deleted' }) {
  const tone = STATUS_TONE[status] ?? 'slate'
  return (
    <Badge tone={tone} shape={<Shape of={tone === 'slate' ? 'hollow' : 'dot'} />}>
      {STATUS_WORDS[status]}
    </Badge>
  )
}

const REMINDER_TONE: Record<ReminderStatus, Tone> = { scheduled: 'blue', sent: 'amber', failed: 'red', done: 'green', cancelled: 'slate' }

export function ReminderBadge({ status }: { status: ReminderStatus }) {
  const tone = REMINDER_TONE[status]
  return (
    <Badge tone={tone} shape={<Shape of={tone === 'slate' ? 'hollow' : 'dot'} />}>
      {REMINDER_STATUSES[status]}
    </Badge>
  )
}

const DOCUMENT_TONE: Record<DocumentStatus, Tone> = { awaiting_upload: 'slate', available: 'green', quarantined: 'red' }

/** The status of a document or one of its versions; `checking` means that the file has arrived and is being checked. */
export function DocumentBadge({ status }: { status: DocumentStatus | 'checking' }) {
  const tone = status === 'checking' ? 'blue' : DOCUMENT_TONE[status]
  return (
    <Badge tone={tone} shape={<Shape of={tone === 'slate' ? 'hollow' : 'dot'} />}>
      {status === 'checking' ? 'Checking' : DOCUMENT_STATUSES[status]}
    </Badge>
  )
}

const INVESTMENT_TONE: Record<InvestmentStatus, Tone> = { committed: 'blue', active: 'green', exited: 'slate', written_off: 'red' }

export function InvestmentBadge({ status }: { status: InvestmentStatus }) {
  const tone = INVESTMENT_TONE[status]
  return (
    <Badge tone={tone} shape={<Shape of={tone === 'slate' ? 'hollow' : 'dot'} />}>
      {INVESTMENT_STATUSES[status]}
    </Badge>
  )
}

const PRODUCT_LOOK: Record<ProductStatus, [Tone, keyof typeof SHAPES]> = {
  planning: ['blue', 'ring'],
  active: ['green', 'dot'],
  on_hold: ['amber', 'equal'],
  launched: ['violet', 'triangle'],
  archived: ['slate', 'hollow'],
}

export function ProductBadge({ status }: { status: ProductStatus | 'deleted' }) {
  const [tone, shape] = status === 'deleted' ? (['red', 'dot'] as const) : PRODUCT_LOOK[status]
  return (
    <Badge tone={tone} shape={<Shape of={shape} />}>
      {status === 'deleted' ? 'Deleting' : PRODUCT_STATUSES[status]}
    </Badge>
  )
}

const PRIORITY_LOOK: Record<Priority, [Tone, keyof typeof SHAPES]> = {
  critical: ['red', 'up'],
  high: ['amber', 'triangle'],
  medium: ['blue', 'equal'],
  low: ['slate', 'down'],
}

export function PriorityBadge({ priority }: { priority: Priority }) {
  const [tone, shape] = PRIORITY_LOOK[priority]
  return (
    <Badge tone={tone} shape={<Shape of={shape} />}>
      {PRIORITIES[priority]}
    </Badge>
  )
}

/** Marks a link whose target changed after the link was made: it may no longer hold. */
export function SuspectBadge() {
  return (
    <Badge tone="amber" shape={<Shape of="link" />}>
      Suspect
    </Badge>
  )
}

const REQUIREMENT_LOOK: Record<RequirementStatus, [Tone, keyof typeof SHAPES]> = {
  draft: ['slate', 'ring'],
  open: ['slate', 'hollow'],
  in_progress: ['blue', 'dot'],
  done: ['green', 'check'],
  rejected: ['red', 'equal'],
}

export function RequirementBadge({ status }: { status: RequirementStatus }) {
  const [tone, shape] = REQUIREMENT_LOOK[status]
  return (
    <Badge tone={tone} shape={<Shape of={shape} />}>
      {REQUIREMENT_STATUSES[status]}
    </Badge>
  )
}

/** A milestone's state: open, reached or at risk. */
export function MilestoneBadge({ status, atRisk = false }: { status: MilestoneStatus; atRisk?: boolean }) {
  if (status === 'reached')
    return (
      <Badge tone="green" shape={<Shape of="check" />}>
        {MILESTONE_STATUSES.reached}
      </Badge>
    )
  return atRisk ? (
    <Badge tone="red" shape={<Shape of="triangle" />}>
      At risk
    </Badge>
  ) : (
    <Badge shape={<Shape of="diamond" />}>On track</Badge>
  )
}

const APPROVAL_LOOK: Record<AssetApproval, [Tone, keyof typeof SHAPES]> = {
  draft: ['slate', 'ring'],
  in_review: ['blue', 'dot'],
  approved: ['green', 'check'],
  rejected: ['red', 'equal'],
}

export function ApprovalBadge({ approval }: { approval: AssetApproval }) {
  const [tone, shape] = APPROVAL_LOOK[approval]
  return (
    <Badge tone={tone} shape={<Shape of={shape} />}>
      {ASSET_APPROVALS[approval]}
    </Badge>
  )
}
