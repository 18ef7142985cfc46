import type { PasskeyObstacle } from '@/api/webauthn'

/** Why passkeys can’t be used on this page; `at` is the origin or host at which they work. */
export function PasskeyNote({ obstacle, at }: { obstacle: PasskeyObstacle; at?: string | null }) {
  const place = at?.includes('://') ? (
    <a href={at} className="text-accent underline">
      {at}
    </a>
  ) : (
    at
  )
  return (
    <p className="text-ink-2">
      {obstacle === 'other_host' && <>Passkeys work only at {place}.</>}
      {obstacle === 'no_host' && 'Passkeys need a host name; this Steward has only an IP address.'}
      {obstacle === 'browser' && 'This browser can’t use passkeys.'}
    </p>
  )
}
