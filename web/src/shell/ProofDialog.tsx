import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { passkeysWork, reauthenticate, reauthenticateBegin, reauthenticateWithPasskey } from '@/api/factors'
import { onProofNeeded } from '@/api/proof'
import { CodeForm } from '@/ui/CodeForm'
import { Dialog } from '@/ui/Dialog'
import { FormError } from '@/ui/states'

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
  const begun = useQuery({ queryKey: ['proof'], queryFn: reauthenticateBegin, enabled: open, gcTime: 0, staleTime: 0, retry: false })
  const passkey = begun.data?.passkey
  return (
    <Dialog
      open={open}
      onClose={() => close(false)}
      title="Confirm that it’s you"
      description="This change needs a recent proof of who you are."
      size="small"
    >
      <div className="mt-4">
        {begun.error && <FormError error={begun.error} />}
        {begun.data && (
          <CodeForm
            methods={begun.data.methods}
            action="Confirm"
            send={reauthenticate}
            onDone={() => close(true)}
            passkey={passkeysWork(passkey) ? () => reauthenticateWithPasskey(passkey) : undefined}
          />
        )}
      </div>
    </Dialog>
  )
}
