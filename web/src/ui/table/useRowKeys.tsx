import { useState, type KeyboardEvent, type RefObject } from 'react'
import type { Virtualizer } from '@tanstack/react-virtual'
import { useShortcut } from '@/lib/shortcuts'
import type { RowAction } from './types'
import { ROW_HEIGHT } from './useVirtualRows'

/** A key that acts on the active row. */
export function RowShortcut<T>({ action: { keys, label, run }, row }: { action: RowAction<T>; row: T | undefined }) {
  useShortcut(keys, label, () => row !== undefined && run(row), 'List')
  return null
}

interface Steps {
  active: number
  last: number
  /** Visible rows. */
  page: () => number
  move: (to: number) => void
  open: () => void
}

/** Arrows, page keys, Home, End and Enter on the table itself; j, k and o anywhere on the page. */
function useRowKeys({ active, last, page, move, open }: Steps, openable: boolean) {
  useShortcut('j', 'Next row', () => move(active + 1), 'List')
  useShortcut('k', 'Previous row', () => move(active - 1), 'List')
  useShortcut('o', 'Open row', open, 'List', openable)
  return (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      PageDown: () => move(active + page()),
      PageUp: () => move(active - page()),
      Home: () => move(0),
      End: () => move(last),
      Enter: open,
    }
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    step()
  }
}

interface ActiveRowOptions<T> {
  rows: readonly T[]
  virtual: Virtualizer<HTMLDivElement, Element>
  scroller: RefObject<HTMLDivElement | null>
  onOpen: ((row: T) => void) | undefined
}

/** The active row (-1 if there is none yet), and the keys that move it. */
export function useActiveRow<T>({ rows, virtual, scroller, onOpen }: ActiveRowOptions<T>) {
  const [active, setActive] = useState(-1)
  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to))
    setActive(next)
    virtual.scrollToIndex(next)
  }
  const open = () => {
    const row = rows[active]
    if (row !== undefined) onOpen?.(row)
  }
  const page = () => Math.floor((scroller.current?.clientHeight ?? 400) / ROW_HEIGHT) - 1
  const onKeyDown = useRowKeys({ active, last: rows.length - 1, page, move, open }, onOpen !== undefined)
  return { active, setActive, onKeyDown }
}
