import { useQuery } from '@tanstack/react-query'
import { reauthenticate, reauthenticateBegin } from '@/api/factors'
import { reauthenticateWithPasskey } from '@/api/passkeys'
import { isOver } from '@/api/refusals'
import type { PasskeyRequestOptions } from '@/api/types'
import { answerObstacle } from '@/api/webauthn'
import { CodeForm } from '@/ui/CodeForm'
import { PasskeyNote } from '@/ui/PasskeyNote'
import { ErrorState, SkeletonLines } from '@/ui/states'

/** Asks for a proof of who the user is. Mounted only while its dialog is open, so that each time begins with a new challenge. */
export default function Proof({ onDone }: { onDone: () => void }) {
  const begun = useQuery({ queryKey: ['proof'], queryFn: reauthenticateBegin, gcTime: 0, staleTime: Infinity, retry: false })
  if (begun.isPending) return <SkeletonLines lines={3} />
  if (begun.isError) return <ErrorState error={begun.error} onRetry={() => void begun.refetch()} />
  const { methods, passkey } = begun.data
  const answer = async (options: PasskeyRequestOptions) => {
    try {
      await reauthenticateWithPasskey(options)
    } catch (error) {
      if (isOver(error)) await begun.refetch()
      throw error
    }
  }
  const obstacle = passkey && answerObstacle(passkey)
  const withPasskey = passkey && !obstacle ? () => answer(passkey) : undefined
  return (
    <CodeForm methods={methods} action="Confirm" send={reauthenticate} onDone={onDone} passkey={withPasskey}>
      {obstacle && <PasskeyNote obstacle={obstacle} at={passkey.rpId} />}
    </CodeForm>
  )
}
