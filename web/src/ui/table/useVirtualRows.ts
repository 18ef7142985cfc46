import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, type RefObject } from 'react'

export const ROW_HEIGHT = 40
const PHONE_ROW_HEIGHT = 68
/** Rows rendered above and below the visible ones. Each adds to the cost of every frame in which all of them change. */
const OVERSCAN = 2
const LOAD_AHEAD = 15

interface VirtualRowsOptions {
  count: number
  scroller: RefObject<HTMLDivElement | null>
  isPhone: boolean
  hasMore: boolean
  loadingMore: boolean
  onLoadMore: (() => void) | undefined
}

/** The rendered rows; loads the next page of the list when its end is near. */
export function useVirtualRows({ count, scroller, isPhone, hasMore, loadingMore, onLoadMore }: VirtualRowsOptions) {
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHT),
    overscan: OVERSCAN,
    scrollPaddingStart: isPhone ? 0 : 36,
  })
  const visible = virtual.getVirtualItems()
  const last = visible.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !loadingMore && last >= count - LOAD_AHEAD) onLoadMore?.()
  }, [hasMore, loadingMore, last, count, onLoadMore])
  // Row heights differ between the two widths.
  useEffect(() => virtual.measure(), [virtual, isPhone])
  // As many as are ever rendered at once, so that no two rows share one.
  const slots = Math.ceil((virtual.scrollRect?.height ?? 0) / ROW_HEIGHT) + 2 * OVERSCAN + 2
  return { virtual, visible, slots }
}
