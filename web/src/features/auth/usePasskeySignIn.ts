import { useMutation } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { passkeyLogin, passkeyLoginBegin } from '@/api/passkeys'
import { asProblem, type Problem } from '@/api/problem'
import { offerPasskeys } from './offerPasskeys'

export interface PasskeySignIn {
  /** Asks for a passkey. */
  ask: () => void
  busy: boolean
  /** Why the last attempt failed. */
  problem: Problem | null
  forget: () => void
}

/** Signs in with a passkey alone: suggested by the browser at the username while `offered`, or asked for with a button. */
export function usePasskeySignIn(offered: boolean, onDone: () => void): PasskeySignIn {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [round, setRound] = useState(0)
  const offer = useRef<{ end: () => Promise<boolean> } | null>(null)
  const done = useEffectEvent(onDone)
  useEffect(() => {
    if (!offered) return
    const stop = new AbortController()
    const ended = offerPasskeys(stop.signal, setProblem)
    void ended.then((signedIn) => signedIn && !stop.signal.aborted && done())
    const end = () => {
      stop.abort()
      return ended
    }
    offer.current = { end }
    return () => void end()
  }, [offered, round])
  const asking = useMutation({
    mutationFn: async () => {
      // A browser handles one request at a time. A suggested passkey may have been chosen just before.
      const signedIn = await offer.current?.end()
      if (!signedIn) await passkeyLogin(await passkeyLoginBegin())
    },
    onMutate: () => setProblem(null),
    onSuccess: onDone,
    onError: (error) => {
      setProblem(asProblem(error))
      setRound((last) => last + 1)
    },
  })
  return { ask: () => asking.mutate(), busy: asking.isPending, problem, forget: () => setProblem(null) }
}
