import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { challengeAnswerByEnrolling, challengeEnrol } from '@/api/factors'
import { challengeAnswerByAddingPasskey, challengeEnrolPasskey } from '@/api/passkeys'
import type { PasskeyCreationOptions, SignInChallenge } from '@/api/types'
import { Button } from '@/ui/Button'
import { PasskeySetup } from '@/ui/PasskeySetup'
import { RecoveryCodes } from '@/ui/RecoveryCodes'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { TotpSetup } from '@/ui/TotpSetup'
import { AuthFrame } from './AuthFrame'
import type { StepProps } from './SecondStep'

type Made = Awaited<ReturnType<typeof challengeAnswerByEnrolling>>

interface SetupProps {
  challenge: SignInChallenge
  onMade: (made: Made) => void
}

function AppSetup({ challenge, onMade }: SetupProps) {
  const secret = useQuery({
    queryKey: ['enrolment', challenge.challenge],
    queryFn: () => challengeEnrol(challenge),
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  })
  if (secret.isPending) return <SkeletonLines lines={4} />
  if (secret.isError) return <ErrorState error={secret.error} />
  return <TotpSetup secret={secret.data} action="Sign in" confirm={(code) => challengeAnswerByEnrolling(challenge, code)} onDone={onMade} />
}

/** Sets up the second factor without which the user can no longer sign in. */
export function Enrolment({ challenge, passkeys, onDone, onRestart }: StepProps) {
  const choice = passkeys && challenge.methods.includes('enrol_passkey')
  const [way, setWay] = useState<'passkey' | 'app'>(choice ? 'passkey' : 'app')
  const [made, setMade] = useState<Made | null>(null)
  // Kept for another attempt: the challenge takes five answers, and asking for options is one of them.
  const options = useRef<PasskeyCreationOptions | null>(null)
  const addPasskey = async (name: string) => {
    options.current ??= await challengeEnrolPasskey(challenge)
    return challengeAnswerByAddingPasskey(challenge, options.current, name)
  }
  if (made) {
    const enter = () => {
      made.enter()
      onDone()
    }
    return (
      <AuthFrame title="Recovery codes" intro="For when you don’t have your second factor with you.">
        <RecoveryCodes codes={made.codes} onDone={enter} />
      </AuthFrame>
    )
  }
  return (
    <AuthFrame title="Set up a second factor" intro="Your role needs one to sign in.">
      {way === 'passkey' ? (
        <PasskeySetup action="Create passkey" create={addPasskey} onDone={setMade} />
      ) : (
        <AppSetup challenge={challenge} onMade={setMade} />
      )}
      <div className="mt-1 flex flex-col gap-1">
        {choice && (
          <Button variant="quiet" onClick={() => setWay(way === 'passkey' ? 'app' : 'passkey')}>
            {way === 'passkey' ? 'Use an authenticator app instead' : 'Use a passkey instead'}
          </Button>
        )}
        <Button variant="quiet" onClick={onRestart}>
          Back to sign-in
        </Button>
      </div>
    </AuthFrame>
  )
}
