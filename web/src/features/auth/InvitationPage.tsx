import { Link, createLazyRoute, useNavigate } from '@tanstack/react-router'
import { invitationAccept } from '@/api/auth'
import { cx } from '@/lib/cx'
import { usePageTitle } from '@/lib/title'
import { buttonClass } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { AuthFrame } from './AuthFrame'
import { BrokenLink } from './BrokenLink'
import { LinkPassword } from './LinkPassword'

export const Route = createLazyRoute('/invitation')({ component: InvitationPage })

function NoGood() {
  return (
    <AuthFrame title="This invitation doesn’t work" intro="It was already used or replaced, is older than 72 hours, or is incomplete.">
      <BrokenLink>
        If you have set a password already, sign in. Otherwise use the most recent invitation, or ask an admin for a new one.
      </BrokenLink>
      <Link to="/login" className={cx(buttonClass('quiet'), 'mt-6 w-full')}>
        Back to sign in
      </Link>
    </AuthFrame>
  )
}

function InvitationPage() {
  usePageTitle('Invitation')
  const navigate = useNavigate()
  return (
    <LinkPassword
      title="Welcome to Steward"
      intro="Set the password you’ll sign in with."
      label="Password"
      refusal="invalid_invitation_token"
      broken={<NoGood />}
      send={invitationAccept}
      onDone={({ username }) => {
        toast.done('Password set', { detail: `You can now sign in as ${username}.` })
        void navigate({ to: '/login', search: { username } })
      }}
    />
  )
}
