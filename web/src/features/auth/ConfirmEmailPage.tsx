import { useMutation } from '@tanstack/react-query'
import { Link, createLazyRoute } from '@tanstack/react-router'
import { emailConfirm } from '@/api/auth'
import { asProblem } from '@/api/problem'
import { cx } from '@/lib/cx'
import { usePageTitle } from '@/lib/title'
import { Button, buttonClass } from '@/ui/Button'
import { FormError } from '@/ui/states'
import { AuthFrame } from './AuthFrame'
import { BrokenLink } from './BrokenLink'
import { useLinkToken } from './useLinkToken'

export const Route = createLazyRoute('/confirm-email')({ component: ConfirmEmailPage })

function Onwards() {
  return (
    <Link to="/" className={cx(buttonClass('primary'), 'mt-6 w-full')}>
      Open Steward
    </Link>
  )
}

/** A button confirms: programs that follow the links in emails must not use the link up. */
function ConfirmEmailPage() {
  usePageTitle('Confirm email address')
  const token = useLinkToken()
  const confirm = useMutation({ mutationFn: () => emailConfirm({ token: token ?? '' }) })
  const problem = confirm.error ? asProblem(confirm.error) : undefined
  if (confirm.isSuccess) {
    return (
      <AuthFrame title="Email address confirmed" intro="Steward uses it from now on.">
        <Onwards />
      </AuthFrame>
    )
  }
  if (token === null || problem?.code === 'invalid_confirmation_token') {
    return (
      <AuthFrame title="This link doesn’t work" intro="It was already used, is older than 24 hours, or is incomplete.">
        <BrokenLink>Your email address hasn’t changed. Enter the new one again on your profile, and use the most recent email.</BrokenLink>
        <Onwards />
      </AuthFrame>
    )
  }
  return (
    <AuthFrame title="Confirm your new email address" intro="It replaces the previous address of your account.">
      {problem && <FormError error={problem} />}
      <Button variant="primary" className="mt-2 w-full" busy={confirm.isPending} onClick={() => confirm.mutate()}>
        Confirm
      </Button>
    </AuthFrame>
  )
}
