import { useCallback, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { flushSync } from 'react-dom'
import type { TaskCard, TaskStatus } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { STATUSES } from './place'

/** A card picked up with the keyboard, and its current position. */
export interface Carried {
  card: TaskCard
  lane: string | undefined
  status: TaskStatus
  index: number
}

interface KeyboardOptions {
  /** The visible cards of a column, or of its part in a lane, with the carried card at its current position. */
  cellOf: (lane: string | undefined, status: TaskStatus) => readonly TaskCard[]
  /** The lanes from top to bottom; a single unnamed one without lanes. */
  lanes: readonly (string | undefined)[]
  mayMove: (card: TaskCard) => boolean
  onDrop: (carried: Carried) => void
  /** Scrolls a position into view. */
  reveal: (status: TaskStatus, index: number) => void
}

type CellOf = KeyboardOptions['cellOf']
type Steps = Record<string, () => void>

/** Keys for the card that is picked up. */
function carriedSteps(
  now: Carried,
  cellOf: CellOf,
  { carry, drop, putBack }: Record<'carry' | 'drop' | 'putBack', (carried: Carried) => void>,
): Steps {
  const column = STATUSES.indexOf(now.status)
  const others = (status: TaskStatus) => cellOf(now.lane, status).filter(({ id }) => id !== now.card.id).length
  const sideways = (by: number) => {
    const status = STATUSES[column + by]
    if (status) carry({ ...now, status, index: Math.min(now.index, others(status)) })
  }
  const along = (index: number) => carry({ ...now, index: Math.max(0, Math.min(index, others(now.status))) })
  return {
    ArrowLeft: () => sideways(-1),
    ArrowRight: () => sideways(1),
    ArrowUp: () => along(now.index - 1),
    ArrowDown: () => along(now.index + 1),
    Home: () => along(0),
    End: () => along(Number.MAX_SAFE_INTEGER),
    ' ': () => drop(now),
    Enter: () => drop(now),
    Escape: () => putBack(now),
  }
}

interface FreeOptions extends Pick<KeyboardOptions, 'cellOf' | 'lanes'> {
  walk: (to: Carried) => void
  pickUp: (here: Carried) => void
}

/** Keys on a card while none is picked up. */
function freeSteps(card: TaskCard, lane: string | undefined, { cellOf, lanes, walk, pickUp }: FreeOptions): Steps {
  const cell = cellOf(lane, card.status)
  const index = cell.findIndex(({ id }) => id === card.id)
  const column = STATUSES.indexOf(card.status)
  const go = (to: TaskCard | undefined, status: TaskStatus, at: number) => {
    if (to) walk({ card: to, lane, status, index: at })
  }
  const sideways = (by: number) => {
    for (let next = column + by; next >= 0 && next < STATUSES.length; next += by) {
      const status = STATUSES[next] as TaskStatus
      const cards = cellOf(lane, status)
      const at = Math.min(index, cards.length - 1)
      if (at >= 0) return go(cards[at], status, at)
    }
  }
  const along = (to: number) => {
    if (to >= 0 && to < cell.length) return go(cell[to], card.status, to)
    // Past the end of a lane, continue in the next one.
    for (let row = lanes.indexOf(lane) + (to < 0 ? -1 : 1); row >= 0 && row < lanes.length; row += to < 0 ? -1 : 1) {
      const cards = cellOf(lanes[row], card.status)
      if (cards.length > 0) return go(to < 0 ? cards.at(-1) : cards[0], card.status, 0)
    }
  }
  return {
    ArrowLeft: () => sideways(-1),
    ArrowRight: () => sideways(1),
    ArrowUp: () => along(index - 1),
    ArrowDown: () => along(index + 1),
    Home: () => along(0),
    End: () => along(cell.length - 1),
    ' ': () => pickUp({ card, lane, status: card.status, index }),
    m: () =>
      document
        .querySelector<HTMLElement>(`[data-card="${card.id}"] [data-card-menu]`)
        ?.dispatchEvent(new globalThis.KeyboardEvent('keydown', { key: 'Enter', bubbles: true })),
  }
}

const linkOf = (id: string) => document.querySelector<HTMLElement>(`[data-card="${id}"] [data-card-link]`)

/** Keyboard navigation on the board, moving cards by keyboard, and the announcements for it. */
export function useKeyboard({ cellOf, lanes, mayMove, onDrop, reveal }: KeyboardOptions) {
  const [carried, setCarried] = useState<Carried | null>(null)
  const [activeId, setActiveId] = useState<string>()
  const [announcement, setAnnouncement] = useState('')
  // The card with the focus.
  const held = useRef<string>(undefined)
  // A card that changes columns becomes a different element, which loses the focus. Whatever moved it, the focus is restored before the
  // next key press.
  useLayoutEffect(() => {
    if (held.current === undefined || (document.activeElement !== null && document.activeElement !== document.body)) return
    const link = linkOf(held.current)
    if (link) link.focus({ preventScroll: true })
    else held.current = undefined
  })
  /** Focuses a card, wherever the action moves it. Keys may arrive faster than frames: the next one finds the board rendered. */
  const goTo = (id: string, act: () => void, at?: { lane: string | undefined; status: TaskStatus; index: number }) => {
    flushSync(() => {
      act()
      setActiveId(id)
    })
    if (at && at.lane === undefined) reveal(at.status, at.index)
    const link = linkOf(id)
    link?.focus({ preventScroll: true })
    link?.closest('article')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }

  const announceAt = (words: string, { card, lane, status, index }: Carried) => {
    const others = cellOf(lane, status).filter(({ id }) => id !== card.id).length
    setAnnouncement(`${words}: ${TASK_STATUSES[status]}, position ${index + 1} of ${others + 1}.`)
  }
  const carry = (next: Carried) => {
    goTo(
      next.card.id,
      () => {
        setCarried(next)
        announceAt(next.card.reference, next)
      },
      next,
    )
  }
  const drop = (now: Carried) =>
    goTo(now.card.id, () => {
      setCarried(null)
      announceAt(`${now.card.reference} dropped`, now)
      onDrop(now)
    })
  const putBack = ({ card }: Carried) =>
    goTo(card.id, () => {
      setCarried(null)
      setAnnouncement(`${card.reference} put back.`)
    })
  const pickUp = (here: Carried) => {
    if (!mayMove(here.card)) return setAnnouncement(`You can’t move ${here.card.reference}.`)
    goTo(here.card.id, () => {
      setCarried(here)
      announceAt(`${here.card.reference} picked up. Arrow keys move it, Space drops it, Escape puts it back`, here)
    })
  }
  const walk = (to: Carried) => goTo(to.card.id, () => undefined, to)
  const onKey = (event: KeyboardEvent, card: TaskCard, lane: string | undefined) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const steps = carried ? carriedSteps(carried, cellOf, { carry, drop, putBack }) : freeSteps(card, lane, { cellOf, lanes, walk, pickUp })
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    event.stopPropagation()
    step()
  }
  const latest = useRef(onKey)
  useLayoutEffect(() => {
    latest.current = onKey
  })
  return {
    carried,
    activeId,
    announcement,
    announce: setAnnouncement,
    focused: useCallback((card: TaskCard) => {
      held.current = card.id
      setActiveId(card.id)
    }, []),
    left: useCallback(() => {
      held.current = undefined
    }, []),
    onKey: useCallback((event: KeyboardEvent, card: TaskCard, lane: string | undefined) => latest.current(event, card, lane), []),
  }
}
