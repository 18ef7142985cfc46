import { Suspense, lazy, useEffect, useRef, useState } from 'react'
import { proof } from '@/api/asking'
import { Dialog } from '@/ui/Dialog'
import { SkeletonLines } from '@/ui/states'

const Proof = lazy(() => import('./Proof'))

/** Asks the user to confirm who they are when a change needs it; the change then goes on by itself. */
export function ProofDialog() {
  const [open, setOpen] = useState(false)
  const answer = useRef<((given: boolean) => void) | null>(null)
  useEffect(
    () =>
      proof.onNeeded(
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
        <Suspense fallback={<SkeletonLines lines={3} />}>
          <Proof onDone={() => close(true)} />
        </Suspense>
      </div>
    </Dialog>
  )
}
