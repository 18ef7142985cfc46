import { formatExact, formatRelative, useNow, useTimeZone } from '@/lib/time'

/** "3 days ago", with the exact time in the user's time zone on hover and for screen readers. */
export function RelativeTime({ at, className }: { at: string; className?: string }) {
  const exact = formatExact(at, useTimeZone())
  return (
    <time dateTime={at} title={exact} className={className}>
      {formatRelative(at, useNow())}
      <span className="sr-only"> ({exact})</span>
    </time>
  )
}
