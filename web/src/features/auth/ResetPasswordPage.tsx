import { Link, createLazyRoute, useRouter } from '@tanstack/react-router'
import { passwordResetConfirm } from '@/api/auth'
import { usePageTitle } from '@/lib/title'
import { buttonClass } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { AuthFrame } from './AuthFrame'
import { BrokenLink } from './BrokenLink'
import { LinkPassword } from './LinkPassword'

export const Route = createLazyRoute('/reset-password')({ component: ResetPasswordPage })

function NoGood() {
  return (
    <AuthFrame title="This link doesn’t work" intro="It was already used, is older than 30 minutes, or is incomplete.">
      <BrokenLink>Your password hasn’t changed. Request a new link, and use the most recent email.</BrokenLink>
      <div className="mt-6 flex flex-col gap-2">
        <Link to="/forgot-password" className={buttonClass('primary')}>
          Request a new link
        </Link>
        <Link to="/login" className={buttonClass('quiet')}>
          Back to sign in
        </Link>
      </div>
    </AuthFrame>
  )
}

function ResetPasswordPage() {
  usePageTitle('New password')
  const router = useRouter()
  return (
    <LinkPassword
      title="Set a new password"
      intro="It replaces the one you forgot."
      label="New password"
      refusal="invalid_reset_token"
      broken={<NoGood />}
      send={passwordResetConfirm}
      onDone={() => {
        toast.done('Password changed', { detail: 'Sign in with your new password. You’ve been signed out everywhere else.' })
        router.history.push('/login')
      }}
    />
  )
}
