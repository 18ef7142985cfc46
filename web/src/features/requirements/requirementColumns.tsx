import { Link } from '@tanstack/react-router'
import { ChevronDown, ChevronRight } from 'lucide-react'
import type { RequirementCard } from '@/api/types'
import { PRIORITIES } from '@/api/words'
import { cx } from '@/lib/cx'
import { PriorityBadge, RequirementBadge } from '@/ui/Badge'
import { type Column } from '@/ui/DataTable'
import { RelativeTime } from '@/ui/RelativeTime'
import { type Row } from './tree'

export type Line = Row<RequirementCard>
const DEEPEST_SHOWN = 8
const INDENTS = ['pl-0', 'pl-5', 'pl-10', 'pl-15', 'pl-20', 'pl-25', 'pl-30', 'pl-35', 'pl-40']
const PHONE_INDENTS = ['pl-0', 'pl-3', 'pl-6', 'pl-9', 'pl-12', 'pl-12', 'pl-12', 'pl-12', 'pl-12']

/** Collapsed rows. */
export interface Folding {
  folded: ReadonlySet<string>
  toggle: (id: string) => void
}

function Fold({ line: { card, children }, folding: { folded, toggle } }: { line: Line; folding: Folding }) {
  if (children === 0) return <span className="size-6 shrink-0 max-md:size-9" aria-hidden />
  const open = !folded.has(card.id)
  const Icon = open ? ChevronDown : ChevronRight
  return (
    <button
      type="button"
      aria-label={`${open ? 'Collapse' : 'Expand'} ${card.reference}, ${children} ${children === 1 ? 'child' : 'children'}`}
      aria-expanded={open}
      className="grid size-6 shrink-0 place-items-center rounded-sm text-ink-3 hover:bg-hover hover:text-ink max-md:size-9"
      onClick={() => toggle(card.id)}
    >
      <Icon className="size-4" aria-hidden />
    </button>
  )
}

function Reference({ card }: { card: RequirementCard }) {
  return (
    <Link
      to="/products/$productId/requirements/$requirementId"
      params={{ productId: card.product_id, requirementId: card.id }}
      className="shrink-0 font-mono text-xs text-ink-3 hover:text-accent hover:underline"
    >
      {card.reference}
    </Link>
  )
}

export function requirementColumns(folding: Folding, milestone: (id: string) => string | undefined): Column<Line>[] {
  return [
    {
      id: 'title',
      header: 'Requirement',
      fixed: true,
      width: 'minmax(300px, 3fr)',
      cell: (line) => (
        <span className={cx('flex min-w-0 items-center gap-1.5', INDENTS[Math.min(line.depth, DEEPEST_SHOWN)])}>
          <Fold line={line} folding={folding} />
          <Reference card={line.card} />
          <span className={cx('truncate', line.depth === 0 && 'font-medium', line.card.status === 'rejected' && 'text-ink-3 line-through')}>
            {line.card.title}
          </span>
        </span>
      ),
    },
    { id: 'status', header: 'Status', width: '120px', cell: ({ card }) => <RequirementBadge status={card.status} /> },
    { id: 'priority', header: 'Priority', width: '108px', cell: ({ card }) => <PriorityBadge priority={card.priority} /> },
    {
      id: 'milestone',
      header: 'Milestone',
      width: 'minmax(110px, 1fr)',
      cell: ({ card }) => <span className="truncate text-ink-2">{card.milestone_id && milestone(card.milestone_id)}</span>,
    },
    { id: 'criteria', header: 'Criteria', width: '72px', align: 'end', optional: true, cell: ({ card }) => card.criteria_count },
    { id: 'links', header: 'Links', width: '64px', align: 'end', optional: true, cell: ({ card }) => card.link_count },
    {
      id: 'external',
      header: 'External ID',
      width: '120px',
      optional: true,
      cell: ({ card }) => <span className="truncate text-ink-2">{card.external_id}</span>,
    },
    {
      id: 'updated',
      header: 'Changed',
      width: '168px',
      cell: ({ card }) => <RelativeTime at={card.updated_at} className="truncate text-ink-2" />,
    },
  ]
}

/** A row at phone width. */
export function PhoneRow({ line, folding }: { line: Line; folding: Folding }) {
  const { card, depth } = line
  return (
    <span className={cx('flex items-center gap-1', PHONE_INDENTS[Math.min(depth, DEEPEST_SHOWN)])}>
      <Fold line={line} folding={folding} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{card.title}</span>
        <span className="flex items-center gap-2 text-xs text-ink-3">
          <span className="font-mono">{card.reference}</span>
          {PRIORITIES[card.priority]}
        </span>
      </span>
      <RequirementBadge status={card.status} />
    </span>
  )
}
