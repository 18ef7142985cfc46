import { challengeAnswer } from '@/api/factors'
import { challengeAnswerWithPasskey } from '@/api/passkeys'
import type { SignInChallenge } from '@/api/types'
import { answerObstacle } from '@/api/webauthn'
import { Button } from '@/ui/Button'
import { CodeForm } from '@/ui/CodeForm'
import { PasskeyNote } from '@/ui/PasskeyNote'
import { AuthFrame } from './AuthFrame'
import { Enrolment } from './Enrolment'

export interface StepProps {
  challenge: SignInChallenge
  /** Whether this page can use passkeys. */
  passkeys: boolean
  onDone: () => void
  /** Goes back to the password. */
  onRestart: () => void
}

/** What comes after the password: a second factor, or setting one up if the user’s role needs one. */
export function SecondStep({ challenge, passkeys, onDone, onRestart }: StepProps) {
  if (challenge.methods.includes('enrol_totp')) {
    return <Enrolment challenge={challenge} passkeys={passkeys} onDone={onDone} onRestart={onRestart} />
  }
  const options = challenge.passkey ?? null
  const obstacle = options && answerObstacle(options)
  return (
    <AuthFrame title="Second step" intro="Prove that it’s you with a second factor.">
      <CodeForm
        methods={challenge.methods}
        action="Sign in"
        send={(proof) => challengeAnswer(challenge, proof)}
        onDone={onDone}
        passkey={options && !obstacle ? () => challengeAnswerWithPasskey(challenge, options) : undefined}
      >
        {obstacle && <PasskeyNote obstacle={obstacle} at={options.rpId} />}
      </CodeForm>
      <Button variant="quiet" className="mt-1 w-full" onClick={onRestart}>
        Back to sign-in
      </Button>
    </AuthFrame>
  )
}
