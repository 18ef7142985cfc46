import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { passkeysWork, reauthenticate, reauthenticateBegin, reauthenticateWithPasskey } from '@/api/factors'
import { onProofNeeded } from '@/api/proof'
import { CodeForm } from '@/ui/CodeForm'
import { Dialog } from '@/ui/Dialog'
import { ErrorState, SkeletonLines } from '@/ui/states'

/** Mounted only while the dialog is open, so that each time begins with a new challenge. */
function Proof({ onDone }: { onDone: () => void }) {
  const begun = useQuery({ queryKey: ['proof'], queryFn: reauthenticateBegin, gcTime: 0, staleTime: Infinity, retry: false })
  if (begun.isPending) return <SkeletonLines lines={3} />
  if (begun.isError) return <ErrorState error={begun.error} onRetry={() => void begun.refetch()} />
  const { methods, passkey } = begun.data
  const withPasskey = passkeysWork(passkey) ? () => reauthenticateWithPasskey(passkey) : undefined
  return <CodeForm methods={methods} action="Confirm" send={reauthenticate} onDone={onDone} passkey={withPasskey} />
}

/** Asks the user to confirm who they are when a change needs it; the change then goes on by itself. */
export function ProofDialog() {
  const [open, setOpen] = useState(false)
  const answer = useRef<((given: boolean) => void) | null>(null)
  useEffect(
    () =>
      onProofNeeded(
        () =>
          new Promise<boolean>((resolve) => {
            answer.current = resolve
            setOpen(true)
          }),
      ),
    [],
  )
  const close = (given: boolean) => {
    setOpen(false)
    answer.current?.(given)
    answer.current = null
  }
  return (
    <Dialog
      open={open}
      onClose={() => close(false)}
      title="Confirm that it’s you"
      description="This change needs a recent proof of who you are."
      size="small"
    >
      <div className="mt-4">
        <Proof onDone={() => close(true)} />
      </div>
    </Dialog>
  )
}
