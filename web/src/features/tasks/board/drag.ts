import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element'
import { attachClosestEdge, extractClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge'
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import { draggable, dropTargetForElements, monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { useEffect, useRef, useState, type RefObject } from 'react'
import type { TaskStatus } from '@/api/types'

// Dragging by mouse and, after a long press, by touch. Uses native drag and drop, so nothing re-renders during a drag.

export type Edge = 'top' | 'bottom'

export interface Dropped {
  cardId: string
  lane: string | undefined
  status: TaskStatus
  /** The card it was dropped on; without one, the end of the column. */
  beside?: { cardId: string; edge: Edge }
}

/** Makes a card draggable, and a drop target for others. */
export function useDragCard(
  element: RefObject<HTMLElement | null>,
  cardId: string,
  status: TaskStatus,
  lane: string | undefined,
  enabled: boolean,
) {
  const [dragging, setDragging] = useState(false)
  const [edge, setEdge] = useState<Edge | null>(null)
  useEffect(() => {
    const box = element.current
    if (!box) return
    return combine(
      draggable({
        element: box,
        canDrag: () => enabled,
        getInitialData: () => ({ task: cardId }),
        onDragStart: () => setDragging(true),
        onDrop: () => setDragging(false),
      }),
      dropTargetForElements({
        element: box,
        canDrop: ({ source }) => 'task' in source.data,
        getData: ({ input, element: over }) =>
          attachClosestEdge({ card: cardId, status, lane }, { input, element: over, allowedEdges: ['top', 'bottom'] }),
        onDrag: ({ self, source }) => setEdge(source.data['task'] === cardId ? null : (extractClosestEdge(self.data) as Edge | null)),
        onDragLeave: () => setEdge(null),
        onDrop: () => setEdge(null),
      }),
    )
  }, [element, cardId, status, lane, enabled])
  return { dragging, edge }
}

/** Makes a column, or its part in a lane, a drop target below its cards; it scrolls while a card is held at its edge. */
export function useDropColumn(
  element: RefObject<HTMLElement | null>,
  status: TaskStatus,
  lane: string | undefined,
  scroller?: RefObject<HTMLElement | null>,
): boolean {
  const [over, setOver] = useState(false)
  useEffect(() => {
    const box = element.current
    if (!box) return
    const scrolled = scroller?.current
    return combine(
      dropTargetForElements({
        element: box,
        canDrop: ({ source }) => 'task' in source.data,
        getData: () => ({ status, lane }),
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: () => setOver(false),
      }),
      scrolled ? autoScrollForElements({ element: scrolled, canScroll: ({ source }) => 'task' in source.data }) : () => undefined,
    )
  }, [element, status, lane, scroller])
  return over
}

/** Scrolls a box while a card is held at its edge. */
export function useDragScroll(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (element.current) return autoScrollForElements({ element: element.current, canScroll: ({ source }) => 'task' in source.data })
  }, [element])
}

/** Calls back when a card is dropped. */
export function useDropped(onDropped: (dropped: Dropped) => void): void {
  const latest = useRef(onDropped)
  useEffect(() => {
    latest.current = onDropped
  })
  useEffect(
    () =>
      monitorForElements({
        canMonitor: ({ source }) => 'task' in source.data,
        onDrop: ({ source, location }) => {
          const target = location.current.dropTargets[0]
          if (!target) return
          const { status, lane, card } = target.data as { status: TaskStatus; lane: string | undefined; card?: string }
          const edge = extractClosestEdge(target.data) as Edge | null
          latest.current({
            cardId: String(source.data['task']),
            lane,
            status,
            ...(card !== undefined && edge ? { beside: { cardId: card, edge } } : {}),
          })
        },
      }),
    [],
  )
}
