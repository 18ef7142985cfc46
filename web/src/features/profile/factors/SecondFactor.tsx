import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { factorsGet } from '@/api/factors'
import { keys } from '@/api/keys'
import type { Factors } from '@/api/types'
import { useNow } from '@/lib/time'
import { Dialog } from '@/ui/Dialog'
import { Section } from '@/ui/PageHeader'
import { RecoveryCodes } from '@/ui/RecoveryCodes'
import { RelativeTime } from '@/ui/RelativeTime'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { AuthenticatorApp } from './AuthenticatorApp'
import { NewRecoveryCodes } from './NewRecoveryCodes'
import { Passkeys } from './Passkeys'

function State({ factors: { totp, passkeys, required_from: from } }: { factors: Factors }) {
  const now = useNow()
  if (totp || passkeys > 0) return null
  return (
    <p className={from ? 'text-amber' : 'text-ink-2'}>
      {from ? (
        <>
          Your role needs a second factor. The time to set one up {Date.parse(from) > now ? 'ends' : 'ended'} <RelativeTime at={from} />.
        </>
      ) : (
        'You sign in with your password alone.'
      )}
    </p>
  )
}

/** The user’s passkeys, authenticator app and recovery codes. */
export function SecondFactor() {
  const client = useQueryClient()
  const [codes, setCodes] = useState<readonly string[]>([])
  const query = useQuery({ queryKey: keys.factors, queryFn: factorsGet })
  // Each change of factors is a new version of the user. The key of the passkeys begins with that of the factors.
  const changed = () => Promise.all([keys.factors, keys.me].map((queryKey) => client.invalidateQueries({ queryKey })))
  const factors = query.data
  const only = factors ? Number(factors.totp != null) + factors.passkeys === 1 : false
  return (
    <Section title="Second factor" hint="Asked for after your password when you sign in. A passkey can also replace your password.">
      {query.isPending ? (
        <SkeletonLines lines={4} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="flex flex-col gap-4">
          <State factors={query.data} />
          <div className="divide-y divide-line">
            <Passkeys origin={query.data.passkey_origin} only={only} onCodes={setCodes} onChanged={changed} />
            <AuthenticatorApp totp={query.data.totp} only={only} onCodes={setCodes} onChanged={changed} />
            {(query.data.totp || query.data.passkeys > 0) && (
              <NewRecoveryCodes left={query.data.recovery_codes_left} onCodes={setCodes} onChanged={changed} />
            )}
          </div>
        </div>
      )}
      <Dialog open={codes.length > 0} onClose={() => setCodes([])} title="Recovery codes" size="small">
        <RecoveryCodes codes={codes} onDone={() => setCodes([])} />
      </Dialog>
    </Section>
  )
}
