import { Link, createLazyRoute, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { passwordResetConfirm } from '@/api/auth'
import { Problem } from '@/api/problem'
import { passwordMistake } from '@/api/rules'
import { usePageTitle } from '@/lib/title'
import { Button, buttonClass } from '@/ui/Button'
import { NewPasswordField } from '@/ui/NewPasswordField'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { AuthFrame } from './AuthFrame'
import { BrokenLink } from './BrokenLink'
import { useLinkToken } from './useLinkToken'

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
  const token = useLinkToken()
  const [refused, setRefused] = useState(false)
  const form = useForm({
    initial: { password: '' },
    draft: null,
    check: ({ password }) => ({ password: passwordMistake(password) }),
    send: async ({ password }) => {
      try {
        await passwordResetConfirm({ token: token ?? '', password })
      } catch (error) {
        if (error instanceof Problem && error.code === 'invalid_reset_token') setRefused(true)
        throw error
      }
    },
    onDone: () => {
      toast.done('Password changed', { detail: 'Sign in with your new password. You’ve been signed out everywhere else.' })
      router.history.push('/login')
    },
  })
  if (token === null || refused) return <NoGood />
  return (
    <AuthFrame title="Set a new password" intro="It replaces the one you forgot.">
      <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
        {form.problem && <FormError error={form.problem} />}
        <NewPasswordField label="New password" {...form.bind('password')} error={form.errors['password']} autoFocus />
        <Button type="submit" variant="primary" className="mt-2 w-full" busy={form.busy}>
          Set password
        </Button>
      </form>
    </AuthFrame>
  )
}
