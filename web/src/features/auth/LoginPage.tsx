import { useQueryClient } from '@tanstack/react-query'
import { Link, createLazyRoute, getRouteApi, useRouter } from '@tanstack/react-router'
import { Clock, KeyRound } from 'lucide-react'
import { Suspense, lazy, useState } from 'react'
import { login } from '@/api/auth'
import { Problem } from '@/api/problem'
import type { Login, SignInChallenge } from '@/api/types'
import { passkeyObstacle } from '@/api/webauthn'
import { usePageTitle } from '@/lib/title'
import { Button, buttonClass } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/inputs'
import { PasswordInput } from '@/ui/PasswordInput'
import { FormError } from '@/ui/states'
import { useForm } from '@/ui/useForm'
import { AuthFrame } from './AuthFrame'
import { formatWait, useCountdown } from './useCountdown'
import { usePasskeySignIn } from './usePasskeySignIn'

export const Route = createLazyRoute('/login')({ component: LoginPage })
const route = getRouteApi('/login')
// Most sign-ins end with the password.
const SecondStep = lazy(() => import('./SecondStep').then((module) => ({ default: module.SecondStep })))

const DEFAULT_WAIT_S = 30

function check({ username, password }: Login) {
  return {
    username: username.trim() === '' ? 'Enter your username.' : undefined,
    password: password === '' ? 'Enter your password.' : undefined,
  }
}

function LockedOut({ seconds }: { seconds: number }) {
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-amber-bg px-3 py-2 text-amber">
      <Clock className="mt-0.5 size-4 shrink-0" aria-hidden />
      <p>
        <span className="font-medium">Too many attempts. </span>
        Try again in <span className="tabular whitespace-nowrap">{formatWait(seconds)}</span>, or reset your password.
      </p>
    </div>
  )
}

interface SignInProps {
  username?: string
  /** Whether the user of the page signs in again, so that the username is fixed. */
  again?: boolean
  /** Whether passkeys work here. */
  passkeys: boolean
  onEnter: () => void
}

/** Username and password or a passkey, and whatever comes after them. */
export function SignIn({ username = '', again = false, passkeys, onEnter }: SignInProps) {
  const [lockedUntil, setLockedUntil] = useState(0)
  const wait = useCountdown(lockedUntil)
  const [challenge, setChallenge] = useState<SignInChallenge | null>(null)
  const form = useForm<Login, SignInChallenge | null>({
    initial: { username, password: '' },
    draft: null,
    check,
    send: async (values) => {
      try {
        return await login({ ...values, username: values.username.trim() })
      } catch (error) {
        if (error instanceof Problem && error.status === 429) setLockedUntil(Date.now() + (error.retryAfter ?? DEFAULT_WAIT_S) * 1000)
        throw error
      }
    },
    onDone: (due) => (due ? setChallenge(due) : onEnter()),
  })
  const passkey = usePasskeySignIn(passkeys && challenge === null, onEnter)
  const problem = passkey.problem ?? form.problem
  const locked = form.problem?.status === 429
  if (challenge) {
    return (
      <Suspense>
        <SecondStep challenge={challenge} passkeys={passkeys} onDone={onEnter} onRestart={() => setChallenge(null)} />
      </Suspense>
    )
  }
  return (
    <AuthFrame title="Sign in" intro={again ? 'Enter your password.' : 'Welcome back.'}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          passkey.forget()
          form.onSubmit(event)
        }}
      >
        {locked && !passkey.problem ? wait > 0 && <LockedOut seconds={wait} /> : problem && <FormError error={problem} />}
        <Field label="Username" required error={form.errors['username']}>
          <Input
            {...form.bind('username')}
            autoComplete={passkeys ? 'username webauthn' : 'username'}
            autoCapitalize="none"
            spellCheck={false}
            readOnly={again}
            autoFocus={username === ''}
          />
        </Field>
        <Field label="Password" required error={form.errors['password']}>
          <PasswordInput {...form.bind('password')} autoComplete="current-password" autoFocus={username !== ''} />
        </Field>
        <Button type="submit" variant="primary" className="mt-2 w-full" busy={form.busy} disabled={locked && wait > 0}>
          Sign in
        </Button>
        {passkeys && (
          <Button icon={KeyRound} className="w-full" busy={passkey.busy} onClick={passkey.ask}>
            Sign in with a passkey
          </Button>
        )}
        <Link to="/forgot-password" target={again ? '_blank' : undefined} className={buttonClass('quiet')}>
          Forgot your password?
        </Link>
      </form>
    </AuthFrame>
  )
}

function LoginPage() {
  usePageTitle('Sign in')
  const { next, username } = route.useSearch()
  const passkeys = passkeyObstacle(route.useLoaderData().passkey_origin) === null
  const router = useRouter()
  const client = useQueryClient()
  const enter = () => {
    // Clears the cache so that no data of a previous user is shown.
    client.clear()
    router.history.push(next ?? '/')
  }
  return <SignIn username={username} passkeys={passkeys} onEnter={enter} />
}
