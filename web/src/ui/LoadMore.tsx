import { useEffect, useRef } from 'react'
import { Button } from './Button'

/** The end of a long list: loads the next page when it comes near, or by button for keyboard users. */
export function LoadMore({ hasMore, loading, onLoad }: { hasMore: boolean; loading: boolean; onLoad: () => void }) {
  const edge = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = edge.current
    if (!element || !hasMore || loading) return
    const observer = new IntersectionObserver((entries) => entries[0]?.isIntersecting && onLoad(), { rootMargin: '400px' })
    observer.observe(element)
    return () => observer.disconnect()
  }, [hasMore, loading, onLoad])
  if (!hasMore) return null
  return (
    <div ref={edge} className="flex justify-center py-3">
      <Button variant="quiet" busy={loading} onClick={onLoad}>
        Load more
      </Button>
    </div>
  )
}
