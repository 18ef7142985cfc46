import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { challengeAnswer, challengeAnswerByEnrolling, challengeAnswerWithPasskey, challengeEnrol, passkeysWork } from '@/api/factors'
import type { SignInChallenge } from '@/api/types'
import { CodeForm } from '@/ui/CodeForm'
import { RecoveryCodes } from '@/ui/RecoveryCodes'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { TotpSetup } from '@/ui/TotpSetup'
import { AuthFrame } from './AuthFrame'

interface StepProps {
  challenge: SignInChallenge
  onDone: () => void
}

/** What comes after the password: a second factor, or setting one up if the user’s role needs one. */
export function SecondStep({ challenge, onDone }: StepProps) {
  if (challenge.methods.includes('enrol_totp')) return <Enrolment challenge={challenge} onDone={onDone} />
  const { passkey } = challenge
  return (
    <AuthFrame title="Second step" intro="Prove that it’s you with a second factor.">
      <CodeForm
        methods={challenge.methods}
        action="Sign in"
        send={(proof) => challengeAnswer(challenge, proof)}
        onDone={onDone}
        passkey={passkeysWork(passkey) ? () => challengeAnswerWithPasskey(challenge, passkey) : undefined}
      />
    </AuthFrame>
  )
}

function Enrolment({ challenge, onDone }: StepProps) {
  const [made, setMade] = useState<Awaited<ReturnType<typeof challengeAnswerByEnrolling>> | null>(null)
  const secret = useQuery({
    queryKey: ['enrolment', challenge.challenge],
    queryFn: () => challengeEnrol(challenge),
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  })
  if (made) {
    const enter = () => {
      made.enter()
      onDone()
    }
    return (
      <AuthFrame title="Recovery codes" intro="For when you don’t have your app with you.">
        <RecoveryCodes codes={made.codes} onDone={enter} />
      </AuthFrame>
    )
  }
  return (
    <AuthFrame title="Set up a second factor" intro="Your role needs one to sign in.">
      {secret.isPending ? (
        <SkeletonLines lines={4} />
      ) : secret.isError ? (
        <ErrorState error={secret.error} onRetry={() => void secret.refetch()} />
      ) : (
        <TotpSetup secret={secret.data} action="Sign in" confirm={(code) => challengeAnswerByEnrolling(challenge, code)} onDone={setMade} />
      )}
    </AuthFrame>
  )
}
