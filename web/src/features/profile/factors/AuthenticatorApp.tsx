import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { totpConfirm, totpCreate, totpDelete } from '@/api/factors'
import type { Factors, TotpSecret } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { RelativeTime } from '@/ui/RelativeTime'
import { toast } from '@/ui/Toast'
import { TotpSetup } from '@/ui/TotpSetup'
import { FactorRow, RemovalDialog, type FactorProps } from './parts'

/** The user’s authenticator app. */
export function AuthenticatorApp({ totp, only, onCodes, onChanged }: FactorProps & { totp: Factors['totp'] }) {
  const [secret, setSecret] = useState<TotpSecret | null>(null)
  const [removing, setRemoving] = useState(false)
  const begin = useMutation({
    mutationFn: totpCreate,
    onSuccess: setSecret,
    onError: (error) => toast.error('Couldn’t set up an authenticator app', error),
  })
  const remove = useMutation({
    mutationFn: totpDelete,
    onSuccess: () => toast.done('Authenticator app removed'),
    onError: (error) => toast.error('Couldn’t remove the authenticator app', error),
    onSettled: () => {
      setRemoving(false)
      return onChanged()
    },
  })
  const added = (codes: string[]) => {
    toast.done('Authenticator app added')
    setSecret(null)
    onCodes(codes)
    void onChanged()
  }
  return (
    <FactorRow
      title="Authenticator app"
      hint={
        totp ? (
          <>
            Added <RelativeTime at={totp.created_at} />
            {totp.last_used_at && (
              <>
                , used <RelativeTime at={totp.last_used_at} />
              </>
            )}
            .
          </>
        ) : (
          'Shows a new six-digit code every 30 seconds.'
        )
      }
      action={
        totp ? (
          <Button onClick={() => setRemoving(true)}>Remove app</Button>
        ) : (
          <Button busy={begin.isPending} onClick={() => begin.mutate()}>
            Set up authenticator app
          </Button>
        )
      }
    >
      <Dialog open={secret !== null} onClose={() => setSecret(null)} title="Set up an authenticator app" size="small">
        {secret && <TotpSetup secret={secret} action="Add app" confirm={totpConfirm} onDone={added} />}
      </Dialog>
      <RemovalDialog
        open={removing}
        onClose={() => setRemoving(false)}
        title="Remove the authenticator app?"
        action="Remove app"
        busy={remove.isPending}
        onRemove={() => remove.mutate()}
        only={only}
      >
        You’ll sign in without its codes.
      </RemovalDialog>
    </FactorRow>
  )
}
