import { Link, createLazyRoute } from '@tanstack/react-router'
import { MailCheck } from 'lucide-react'
import { useState } from 'react'
import { passwordResetRequest } from '@/api/auth'
import type { PasswordResetRequest } from '@/api/types'
import { usePageTitle } from '@/lib/title'
import { Button, buttonClass } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/inputs'
import { FormError } from '@/ui/states'
import { useForm } from '@/ui/useForm'
import { AuthFrame } from './AuthFrame'

export const Route = createLazyRoute('/forgot-password')({ component: ForgotPasswordPage })

/** The same for everyone: it must not reveal whether a user exists. */
function Asked({ onAgain }: { onAgain: () => void }) {
  return (
    <AuthFrame title="Check your email" intro="If an account matches, we’ve sent it a link.">
      <div role="status" className="flex gap-2 rounded-md bg-blue-bg px-3 py-2 text-blue">
        <MailCheck className="mt-0.5 size-4 shrink-0" aria-hidden />
        <p>The link works once, for 30 minutes. Didn’t get it? Check your spam folder, or ask an admin to set a password for you.</p>
      </div>
      <div className="mt-6 flex flex-col gap-2">
        <Link to="/login" className={buttonClass('primary')}>
          Back to sign in
        </Link>
        <Button variant="quiet" onClick={onAgain}>
          Try again
        </Button>
      </div>
    </AuthFrame>
  )
}

function ForgotPasswordPage() {
  usePageTitle('Forgot password')
  const [asked, setAsked] = useState(false)
  const form = useForm<PasswordResetRequest, void>({
    initial: { username_or_email: '' },
    draft: null,
    check: ({ username_or_email: given }) => ({ username_or_email: given.trim() === '' ? 'Enter your username or email.' : undefined }),
    send: ({ username_or_email: given }) => passwordResetRequest({ username_or_email: given.trim() }),
    onDone: () => setAsked(true),
  })
  if (asked) return <Asked onAgain={() => setAsked(false)} />
  return (
    <AuthFrame title="Forgot your password?" intro="We’ll email you a link to set a new one.">
      <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
        {form.problem && <FormError error={form.problem} />}
        <Field label="Username or email" required error={form.errors['username_or_email']}>
          <Input {...form.bind('username_or_email')} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus />
        </Field>
        <Button type="submit" variant="primary" className="mt-2 w-full" busy={form.busy}>
          Send link
        </Button>
        <Link to="/login" className={buttonClass('quiet')}>
          Back to sign in
        </Link>
      </form>
    </AuthFrame>
  )
}
