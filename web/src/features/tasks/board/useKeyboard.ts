import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { TaskCard, TaskStatus } from '@/api/types'
import { TASK_STATUSES } from '@/api/words'
import { STATUSES } from './place'

/** A card that the keyboard has picked up, and where it is held. */
export interface Carried {
  card: TaskCard
  lane: string | undefined
  status: TaskStatus
  index: number
}

interface KeyboardOptions {
  /** The cards shown of a column, or of its part in a lane, the carried one where it is held. */
  cellOf: (lane: string | undefined, status: TaskStatus) => readonly TaskCard[]
  /** The lanes from top to bottom; one without a name when there are none. */
  lanes: readonly (string | undefined)[]
  mayMove: (card: TaskCard) => boolean
  onDrop: (carried: Carried) => void
  /** Brings a place into view. */
  reveal: (status: TaskStatus, index: number) => void
}

const FRAMES = 10

/**
 * Puts the keyboard on a card. It may come into the page some frames later, for it was out of view; and one that changes its
 * column is another element afterwards, so that the focus falls away: it is watched for a moment.
 */
function focusCard(id: string, frames = FRAMES): void {
  const link = document.querySelector<HTMLElement>(`[data-card="${id}"] [data-card-link]`)
  const lost = document.activeElement === document.body || document.activeElement === null
  if (link && document.activeElement !== link && (lost || frames === FRAMES)) {
    link.focus({ preventScroll: true })
    link.closest('article')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
  // What was on the keyboard before does not hold it once the card is not in the page.
  if (!link && frames === FRAMES && document.activeElement instanceof HTMLElement) document.activeElement.blur()
  if (frames > 0) requestAnimationFrame(() => focusCard(id, frames - 1))
}

/** Walking the board and carrying cards with the keyboard, and what is said meanwhile. */
export function useKeyboard({ cellOf, lanes, mayMove, onDrop, reveal }: KeyboardOptions) {
  const [carried, setCarried] = useState<Carried | null>(null)
  const [activeId, setActiveId] = useState<string>()
  const [said, setSaid] = useState('')
  const held = carried?.card.id
  useEffect(() => {
    if (!carried) return
    if (carried.lane === undefined) reveal(carried.status, carried.index)
    focusCard(carried.card.id)
    // The board is drawn with the card at its new place before this runs; only the place matters.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [held, carried?.status, carried?.index])

  const tell = (words: string, { card, lane, status, index }: Carried) => {
    const others = cellOf(lane, status).filter(({ id }) => id !== card.id).length
    setSaid(`${words}: ${TASK_STATUSES[status]}, place ${index + 1} of ${others + 1}.`)
  }
  const carry = (next: Carried) => {
    setCarried(next)
    tell(next.card.reference, next)
  }
  const onCarried = (event: KeyboardEvent, now: Carried) => {
    const column = STATUSES.indexOf(now.status)
    const others = (status: TaskStatus) => cellOf(now.lane, status).filter(({ id }) => id !== now.card.id).length
    const sideways = (by: number) => {
      const status = STATUSES[column + by]
      if (status) carry({ ...now, status, index: Math.min(now.index, others(status)) })
    }
    const along = (index: number) => carry({ ...now, index: Math.max(0, Math.min(index, others(now.status))) })
    const drop = () => {
      setCarried(null)
      tell(`${now.card.reference} dropped`, now)
      onDrop(now)
      focusCard(now.card.id)
    }
    const steps: Record<string, () => void> = {
      ArrowLeft: () => sideways(-1),
      ArrowRight: () => sideways(1),
      ArrowUp: () => along(now.index - 1),
      ArrowDown: () => along(now.index + 1),
      Home: () => along(0),
      End: () => along(Number.MAX_SAFE_INTEGER),
      ' ': drop,
      Enter: drop,
      Escape: () => {
        setCarried(null)
        setSaid(`${now.card.reference} is back where it was.`)
        focusCard(now.card.id)
      },
    }
    return steps[event.key]
  }
  const onFree = (event: KeyboardEvent, card: TaskCard, lane: string | undefined) => {
    const cell = cellOf(lane, card.status)
    const index = cell.findIndex(({ id }) => id === card.id)
    const column = STATUSES.indexOf(card.status)
    const go = (to: TaskCard | undefined, status: TaskStatus, at: number) => {
      if (!to) return
      setActiveId(to.id)
      if (lane === undefined) reveal(status, at)
      focusCard(to.id)
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
      // Past the end of a lane comes the next one.
      for (let row = lanes.indexOf(lane) + (to < 0 ? -1 : 1); row >= 0 && row < lanes.length; row += to < 0 ? -1 : 1) {
        const cards = cellOf(lanes[row], card.status)
        if (cards.length > 0) return go(to < 0 ? cards.at(-1) : cards[0], card.status, 0)
      }
    }
    const steps: Record<string, () => void> = {
      ArrowLeft: () => sideways(-1),
      ArrowRight: () => sideways(1),
      ArrowUp: () => along(index - 1),
      ArrowDown: () => along(index + 1),
      Home: () => along(0),
      End: () => along(cell.length - 1),
      ' ': () => {
        if (!mayMove(card)) return setSaid(`${card.reference} is not yours to move.`)
        setCarried({ card, lane, status: card.status, index })
        setActiveId(card.id)
        tell(`${card.reference} picked up. Arrow keys move it, Space drops it, Escape puts it back`, { card, lane, status: card.status, index })
      },
      m: () => document.querySelector<HTMLElement>(`[data-card="${card.id}"] [data-card-menu]`)?.dispatchEvent(new globalThis.KeyboardEvent('keydown', { key: 'Enter', bubbles: true })),
    }
    return steps[event.key]
  }
  const onKey = (event: KeyboardEvent, card: TaskCard, lane: string | undefined) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const step = carried ? onCarried(event, carried) : onFree(event, card, lane)
    if (!step) return
    event.preventDefault()
    event.stopPropagation()
    step()
  }
  const latest = useRef(onKey)
  useEffect(() => {
    latest.current = onKey
  })
  return {
    carried,
    activeId,
    said,
    say: setSaid,
    focused: useCallback((card: TaskCard) => setActiveId(card.id), []),
    onKey: useCallback((event: KeyboardEvent, card: TaskCard, lane: string | undefined) => latest.current(event, card, lane), []),
  }
}
