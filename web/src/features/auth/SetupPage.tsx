import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi, useRouter } from '@tanstack/react-router'
import { login, meGet, meUpdate, setupCreate } from '@/api/auth'
import { keys } from '@/api/keys'
import { emailMistake, nameMistake, passwordMistake, usernameMistake } from '@/api/rules'
import { browserZone, zoneOptions } from '@/lib/time'
import { usePageTitle } from '@/lib/title'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/inputs'
import { NewPasswordField } from '@/ui/NewPasswordField'
import { PasswordInput } from '@/ui/PasswordInput'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { AuthFrame } from './AuthFrame'

export const Route = createLazyRoute('/setup')({ component: SetupPage })
const route = getRouteApi('/setup')

const EMPTY = { name: '', username: '', email: '', password: '', setup_token: '' }

/** A failure is not worth a message: the page that follows asks about the time zone. */
async function chooseZone(zone: string): Promise<void> {
  const me = await meGet()
  if (me.time_zone !== zone) await meUpdate(me, { time_zone: zone })
}

function SetupPage() {
  usePageTitle('Set up')
  const { token_required: tokenRequired } = route.useLoaderData()
  const router = useRouter()
  const client = useQueryClient()
  const form = useForm({
    initial: { ...EMPTY, time_zone: browserZone() },
    draft: null,
    check: ({ name, username, email, password, setup_token: token }) => ({
      name: nameMistake(name),
      username: usernameMistake(username),
      email: emailMistake(email),
      password: passwordMistake(password),
      setup_token: tokenRequired && token.trim() === '' ? 'Enter the setup token from the stack’s parameters.' : undefined,
    }),
    send: ({ setup_token: token, time_zone: _later, ...admin }, key) =>
      setupCreate(tokenRequired ? { ...admin, setup_token: token.trim() } : admin, key),
    onDone: async (user, { password, time_zone: zone }) => {
      client.setQueryData(keys.setup, { needed: false, token_required: tokenRequired })
      try {
        await login({ username: user.username, password })
        await chooseZone(zone).catch(() => undefined)
        router.history.push('/')
      } catch (error) {
        toast.error('Steward is set up. Sign in to continue', error)
        router.history.push('/login')
      }
    },
  })
  return (
    <AuthFrame title="Set up Steward" intro="Create the first admin. You can add everyone else later.">
      <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
        {form.problem && <FormError error={form.problem} />}
        <Field label="Your name" required error={form.errors['name']}>
          <Input {...form.bind('name')} autoComplete="name" autoFocus />
        </Field>
        <Field label="Username" required error={form.errors['username']} hint="You sign in with it.">
          <Input {...form.bind('username')} autoComplete="username" autoCapitalize="none" spellCheck={false} />
        </Field>
        <Field label="Email" required error={form.errors['email']}>
          <Input {...form.bind('email')} type="email" autoComplete="email" />
        </Field>
        <NewPasswordField
          label="Password"
          {...form.bind('password')}
          error={form.errors['password']}
          about={[form.values.name, form.values.username, form.values.email]}
        />
        <Field label="Time zone" required hint="For the times you see and your reminders.">
          <Combobox {...form.bind('time_zone')} options={zoneOptions(form.values.time_zone)} placeholder="Choose a time zone" />
        </Field>
        {tokenRequired && (
          <Field label="Setup token" required error={form.errors['setup_token']} hint="From the parameters of the deployed stack.">
            <PasswordInput {...form.bind('setup_token')} autoComplete="off" />
          </Field>
        )}
        <Button type="submit" variant="primary" className="mt-2 w-full" busy={form.busy}>
          Set up and sign in
        </Button>
      </form>
    </AuthFrame>
  )
}
