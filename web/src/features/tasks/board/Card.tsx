import { Ellipsis, ListChecks, MessageSquare, Paperclip } from 'lucide-react'
import { memo, useRef, type MouseEvent, type ReactNode } from 'react'
import type { TaskCard } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { cx } from '@/lib/cx'
import { Avatar } from '@/ui/Avatar'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/ui/Menu'
import { DueMark, PriorityMark, StatusIcon } from '@/ui/TaskMarks'
import { HELP_ID, useBoardActions } from './BoardContext'
import { useDragCard } from './drag'
import { STATUSES } from './place'

const LABELS_SHOWN = 3

function MoveMenu({ card }: { card: TaskCard }) {
  const { moveTo, open } = useBoardActions()
  const trigger = (
    <button
      type="button"
      tabIndex={-1}
      data-card-menu
      aria-label={`Move ${card.reference}`}
      className="relative z-10 -my-1 grid size-6 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink focus-visible:opacity-100 data-[state=open]:opacity-100 max-md:-my-2.5 max-md:size-11 md:opacity-0 md:group-focus-within:opacity-100 md:group-hover:opacity-100"
    >
      <Ellipsis className="size-4" aria-hidden />
    </button>
  )
  return (
    <Menu trigger={trigger}>
      <MenuLabel>Move to…</MenuLabel>
      {STATUSES.filter((status) => status !== card.status).map((status) => (
        <MenuItem key={status} onSelect={() => moveTo(card, status, 'top')}>
          <span className="flex items-center gap-2">
            <StatusIcon status={status} />
            {TASK_STATUSES[status]}
          </span>
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={() => moveTo(card, card.status, 'top')}>Top of {TASK_STATUSES[card.status]}</MenuItem>
      <MenuItem onSelect={() => moveTo(card, card.status, 'bottom')}>Bottom of {TASK_STATUSES[card.status]}</MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => open(card)}>Open</MenuItem>
    </Menu>
  )
}

function Count({ icon: Icon, what, children }: { icon: typeof ListChecks; what: string; children: ReactNode }) {
  return (
    <span className="tabular inline-flex items-center gap-1">
      <Icon className="size-3.5" aria-hidden />
      {children}
      <span className="sr-only"> {what}</span>
    </span>
  )
}

function Labels({ labels }: { labels: readonly string[] }) {
  if (labels.length === 0) return null
  return (
    <p className="mt-1.5 flex min-w-0 gap-1 overflow-hidden text-xs">
      {labels.slice(0, LABELS_SHOWN).map((label) => (
        <span key={label} className="max-w-28 shrink-0 truncate rounded-sm bg-slate-bg px-1.5 text-ink-2">
          {label}
        </span>
      ))}
      {labels.length > LABELS_SHOWN && <span className="text-ink-3">+{labels.length - LABELS_SHOWN}</span>}
    </p>
  )
}

export interface CardProps {
  card: TaskCard
  lane?: string
  /** Whether the keyboard focus is here, or would enter here first. */
  tabbable: boolean
  /** Whether the keyboard has picked it up. */
  carried: boolean
  /** Whether its detail is shown. */
  opened: boolean
}

function BoardCard({ card, lane, tabbable, carried, opened }: CardProps) {
  const { productId, nameOf, mayMove, open, onKey, focused, left } = useBoardActions()
  const box = useRef<HTMLDivElement>(null)
  const movable = mayMove(card)
  const { dragging, edge } = useDragCard(box, card.id, card.status, lane, movable)
  const assignee = card.assignee_id ? (nameOf(card.assignee_id) ?? 'Someone') : undefined
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    open(card)
  }
  return (
    // The gap between two cards belongs to one of them, so there is no dead zone for drops. A long press lifts the card instead of
    // previewing its link.
    <div ref={box} className={cx('relative px-2 pb-1.5 [-webkit-touch-callout:none]', movable && 'md:cursor-grab')} data-card={card.id}>
      {edge && (
        <span
          className={cx('pointer-events-none absolute inset-x-2 z-10 h-0.5 rounded-sm bg-accent', edge === 'top' ? '-top-1' : 'bottom-0.5')}
          data-edge={edge}
          aria-hidden
        />
      )}
      <article
        className={cx(
          'group relative rounded-md border bg-surface px-2.5 py-2 shadow-[0_1px_1px_#0000000a] transition-[border-color,opacity] dark:bg-raised',
          carried ? 'border-accent shadow-pop' : opened ? 'border-accent' : 'border-line hover:border-line-strong/60',
          dragging && 'opacity-40',
        )}
      >
        <div className="flex items-center gap-1.5 text-xs text-ink-3">
          <PriorityMark priority={card.priority} />
          <span className="tabular">{card.reference}</span>
          <span className="flex-1" />
          {movable && <MoveMenu card={card} />}
          {assignee && (
            <span title={assignee} className="-my-0.5 block">
              <Avatar name={assignee} size="small" />
              <span className="sr-only">Assigned to {assignee}</span>
            </span>
          )}
        </div>
        <a
          id={`card-${card.id}`}
          href={`/products/${productId}/tasks/${card.id}`}
          draggable={false}
          tabIndex={tabbable ? 0 : -1}
          aria-describedby={HELP_ID}
          data-card-link
          className="mt-0.5 line-clamp-3 break-words after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-focus"
          onClick={onClick}
          onKeyDown={(event) => onKey(event, card, lane)}
          onFocus={() => focused(card)}
          onBlur={left}
        >
          {card.title}
        </a>
        <Labels labels={card.labels} />
        <div className="mt-1.5 flex items-center gap-2.5 text-xs text-ink-3 empty:hidden">
          {card.due_on && <DueMark dueOn={card.due_on} done={card.status === 'done'} />}
          {card.checklist_total > 0 && (
            <Count icon={ListChecks} what="of the checklist done">
              {card.checklist_done}/{card.checklist_total}
            </Count>
          )}
          {card.comment_count > 0 && (
            <Count icon={MessageSquare} what={card.comment_count === 1 ? 'comment' : 'comments'}>
              {card.comment_count}
            </Count>
          )}
          {card.attachment_count > 0 && (
            <Count icon={Paperclip} what={card.attachment_count === 1 ? 'attachment' : 'attachments'}>
              {card.attachment_count}
            </Count>
          )}
        </div>
      </article>
    </div>
  )
}

export const Card = memo(BoardCard)
