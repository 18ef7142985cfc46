import { formatExact, formatRelative, formatRelativeDay, useNow, useTimeZone } from '@/lib/time'

interface Props {
  at: string
  /** False if the day stands beside it anyway. */
  dated?: boolean
  className?: string
}

/** "3 days ago, 18 Nov", with the exact time in the user's time zone on hover and for screen readers. */
export function RelativeTime({ at, dated = true, className }: Props) {
  const zone = useTimeZone()
  const now = useNow()
  const exact = formatExact(at, zone)
  return (
    <time dateTime={at} title={exact} className={className}>
      {dated ? formatRelativeDay(at, now, zone) : formatRelative(at, now, zone)}
      <span className="sr-only"> ({exact})</span>
    </time>
  )
}
