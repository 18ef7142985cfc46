import { useState, type ReactNode } from 'react'
import { Problem } from '@/api/problem'
import { passwordMistake } from '@/api/rules'
import { Button } from '@/ui/Button'
import { NewPasswordField } from '@/ui/NewPasswordField'
import { FormError } from '@/ui/states'
import { useForm } from '@/ui/useForm'
import { AuthFrame } from './AuthFrame'
import { useLinkToken } from './useLinkToken'

interface LinkPasswordProps<R> {
  title: string
  intro: string
  label: string
  /** Code of the problem that says that the link does not work. */
  refusal: string
  /** Shown instead if it does not. */
  broken: ReactNode
  send: (body: { token: string; password: string }) => Promise<R>
  onDone: (result: R) => void
}

/** Sets a password with the token of a link. */
export function LinkPassword<R>({ title, intro, label, refusal, broken, send, onDone }: LinkPasswordProps<R>) {
  const token = useLinkToken()
  const [refused, setRefused] = useState(false)
  const form = useForm<{ password: string }, R>({
    initial: { password: '' },
    draft: null,
    check: ({ password }) => ({ password: passwordMistake(password) }),
    send: async ({ password }) => {
      try {
        return await send({ token: token ?? '', password })
      } catch (error) {
        if (error instanceof Problem && error.code === refusal) setRefused(true)
        throw error
      }
    },
    onDone,
  })
  if (token === null || refused) return broken
  return (
    <AuthFrame title={title} intro={intro}>
      <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
        {form.problem && <FormError error={form.problem} />}
        <NewPasswordField label={label} {...form.bind('password')} error={form.errors['password']} autoFocus />
        <Button type="submit" variant="primary" className="mt-2 w-full" busy={form.busy}>
          Set password
        </Button>
      </form>
    </AuthFrame>
  )
}
