import { useQueryClient } from '@tanstack/react-query'
import { Suspense, lazy, useEffect, useRef, useState } from 'react'
import { signIn } from '@/api/asking'
import { keys } from '@/api/keys'
import { onTokenChange, tokenStatus, tokenUser } from '@/api/token'
import type { Me } from '@/api/types'

const SignInDialog = lazy(() => import('@/features/auth/SignInDialog'))

/** Has the user sign in again over the page when the session has ended; what failed then goes on by itself. */
export function SignInOver() {
  const client = useQueryClient()
  const [who, setWho] = useState<Me | null>(null)
  const answer = useRef<((signedIn: boolean) => void) | null>(null)
  useEffect(
    () =>
      signIn.onNeeded(() => {
        const me = client.getQueryData<Me>(keys.me)
        if (!me) return Promise.resolve(false)
        return new Promise((resolve) => {
          answer.current = resolve
          setWho(me)
        })
      }),
    [client],
  )
  // Here, in another tab, or not at all.
  useEffect(
    () =>
      onTokenChange(() => {
        const status = tokenStatus()
        if (status === 'ended') return
        answer.current?.(status === 'signed-in' && tokenUser() === client.getQueryData<Me>(keys.me)?.id)
        answer.current = null
        setWho(null)
      }),
    [client],
  )
  if (!who) return null
  return (
    <Suspense>
      <SignInDialog username={who.username} />
    </Suspense>
  )
}
