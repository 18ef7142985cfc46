import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { factorsGet, recoveryCodesCreate, totpConfirm, totpCreate, totpDelete } from '@/api/factors'
import { keys } from '@/api/keys'
import type { TotpSecret } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Section } from '@/ui/PageHeader'
import { RecoveryCodes } from '@/ui/RecoveryCodes'
import { RelativeTime } from '@/ui/RelativeTime'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { TotpSetup } from '@/ui/TotpSetup'

type Shown = { kind: 'setup'; secret: TotpSecret } | { kind: 'codes'; codes: string[] } | { kind: 'removal' } | null

const TITLE = { setup: 'Set up an authenticator app', codes: 'Recovery codes', removal: 'Remove the authenticator app?' }

/** The user’s authenticator app and recovery codes. */
export function SecondFactor() {
  const client = useQueryClient()
  const [shown, setShown] = useState<Shown>(null)
  const factors = useQuery({ queryKey: keys.factors, queryFn: factorsGet })
  // Each change of factors is a new version of the user.
  const changed = () => Promise.all([keys.factors, keys.me].map((queryKey) => client.invalidateQueries({ queryKey })))
  const close = () => setShown(null)
  const begin = useMutation({
    mutationFn: totpCreate,
    onSuccess: (secret) => setShown({ kind: 'setup', secret }),
    onError: (error) => toast.error('Couldn’t set up an authenticator app', error),
  })
  const renew = useMutation({
    mutationFn: recoveryCodesCreate,
    onSuccess: (codes) => setShown({ kind: 'codes', codes }),
    onError: (error) => toast.error('Couldn’t create new recovery codes', error),
    onSettled: changed,
  })
  const remove = useMutation({
    mutationFn: totpDelete,
    onSuccess: () => toast.done('Authenticator app removed'),
    onError: (error) => toast.error('Couldn’t remove the authenticator app', error),
    onSettled: () => {
      close()
      return changed()
    },
  })
  const added = (codes: string[]) => {
    toast.done('Authenticator app added')
    setShown(codes.length > 0 ? { kind: 'codes', codes } : null)
    void changed()
  }
  return (
    <Section title="Second factor" hint="Asked for after your password when you sign in.">
      {factors.isPending ? (
        <SkeletonLines lines={2} />
      ) : factors.isError ? (
        <ErrorState error={factors.error} onRetry={() => void factors.refetch()} />
      ) : factors.data.totp ? (
        <div className="flex flex-wrap items-center gap-2">
          <p className="min-w-48 flex-1 text-ink-2">
            Authenticator app, added <RelativeTime at={factors.data.totp.created_at} />. {factors.data.recovery_codes_left} recovery codes
            left.
          </p>
          <Button busy={renew.isPending} onClick={() => renew.mutate()}>
            New recovery codes
          </Button>
          <Button onClick={() => setShown({ kind: 'removal' })}>Remove app</Button>
        </div>
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <p className="min-w-48 flex-1 text-ink-2">
            {factors.data.required_from ? (
              <>
                Your role needs a second factor: set one up before <RelativeTime at={factors.data.required_from} />.
              </>
            ) : (
              'You sign in with your password alone.'
            )}
          </p>
          <Button busy={begin.isPending} onClick={() => begin.mutate()}>
            Set up authenticator app
          </Button>
        </div>
      )}
      <Dialog
        open={shown !== null}
        onClose={close}
        title={shown ? TITLE[shown.kind] : ''}
        description={shown?.kind === 'removal' ? 'You’ll sign in without its codes.' : undefined}
        size="small"
        footer={
          shown?.kind === 'removal' && (
            <>
              <Button onClick={close}>Cancel</Button>
              <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
                Remove app
              </Button>
            </>
          )
        }
      >
        {shown?.kind === 'setup' && <TotpSetup secret={shown.secret} action="Add app" confirm={totpConfirm} onDone={added} />}
        {shown?.kind === 'codes' && <RecoveryCodes codes={shown.codes} onDone={close} />}
      </Dialog>
    </Section>
  )
}
