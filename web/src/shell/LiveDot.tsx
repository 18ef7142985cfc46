import { cx } from '@/lib/cx'
import type { LiveState } from '@/live/connection'
import { useLiveState } from '@/live/useLive'

const WORDS: Record<LiveState, string> = {
  live: 'Live',
  connecting: 'Connecting…',
  waiting: 'Reconnecting…',
  stopped: 'Offline',
}

/** At phone width, only a lost connection is worth the space. */
export function LiveLost() {
  const state = useLiveState()
  if (state !== 'waiting') return null
  return (
    <span className="md:hidden">
      <LiveDot />
    </span>
  )
}

/** Shows whether the page is connected to live updates. */
export function LiveDot({ wordless = false }: { wordless?: boolean }) {
  const state = useLiveState()
  return (
    <span role="status" className="flex items-center gap-1.5 text-xs text-ink-3" title={wordless ? WORDS[state] : undefined}>
      <span className={cx('size-2 rounded-full', state === 'live' ? 'bg-green' : 'border-2 border-amber')} aria-hidden />
      <span className={wordless ? 'sr-only' : undefined}>{WORDS[state]}</span>
    </span>
  )
}
