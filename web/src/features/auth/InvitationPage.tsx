import { Link, createLazyRoute, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { invitationAccept } from '@/api/auth'
import { Problem } from '@/api/problem'
import { passwordMistake } from '@/api/rules'
import { cx } from '@/lib/cx'
import { usePageTitle } from '@/lib/title'
import { Button, buttonClass } from '@/ui/Button'
import { NewPasswordField } from '@/ui/NewPasswordField'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { AuthFrame } from './AuthFrame'
import { BrokenLink } from './BrokenLink'
import { useLinkToken } from './useLinkToken'

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
  const token = useLinkToken()
  const [refused, setRefused] = useState(false)
  const form = useForm({
    initial: { password: '' },
    draft: null,
    check: ({ password }) => ({ password: passwordMistake(password) }),
    send: async ({ password }) => {
      try {
        return await invitationAccept({ token: token ?? '', password })
      } catch (error) {
        if (error instanceof Problem && error.code === 'invalid_invitation_token') setRefused(true)
        throw error
      }
    },
    onDone: ({ username }) => {
      toast.done('Password set', { detail: `You can now sign in as ${username}.` })
      void navigate({ to: '/login', search: { username } })
    },
  })
  if (token === null || refused) return <NoGood />
  return (
    <AuthFrame title="Welcome to Steward" intro="Set the password you’ll sign in with.">
      <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
        {form.problem && <FormError error={form.problem} />}
        <NewPasswordField label="Password" {...form.bind('password')} error={form.errors['password']} autoFocus />
        <Button type="submit" variant="primary" className="mt-2 w-full" busy={form.busy}>
          Set password
        </Button>
      </form>
    </AuthFrame>
  )
}
