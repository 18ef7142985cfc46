import { passkeyLogin, passkeyLoginBegin } from '@/api/passkeys'
import { asProblem, type Problem } from '@/api/problem'
import { suggestsPasskeys } from '@/api/webauthn'

/** A challenge lasts five minutes; it is replaced before. */
const RENEW_MS = 4 * 60_000

/** Resolves once the page is visible: nobody chooses a passkey in a page that they don’t see. */
function seen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.visibilityState !== 'visible' && !signal.aborted) return
      document.removeEventListener('visibilitychange', look)
      signal.removeEventListener('abort', look)
      resolve()
    }
    document.addEventListener('visibilitychange', look)
    signal.addEventListener('abort', look)
    look()
  })
}

/**
 * Lets the browser suggest passkeys at the username until the signal aborts. Resolves to true once one has signed the user in. `onRefused`
 * gets the reason if the server didn’t accept a chosen one. Without a server or such a browser, nothing is suggested.
 */
export async function offerPasskeys(signal: AbortSignal, onRefused: (problem: Problem) => void): Promise<boolean> {
  if (!(await suggestsPasskeys())) return false
  while (!signal.aborted) {
    await seen(signal)
    const options = await passkeyLoginBegin().catch(() => null)
    if (options === null || signal.aborted) return false
    const late = new AbortController()
    const stop = () => late.abort()
    const timer = setTimeout(stop, RENEW_MS)
    signal.addEventListener('abort', stop)
    try {
      await passkeyLogin(options, late.signal)
      return true
    } catch (error) {
      const problem = asProblem(error)
      const chosen = problem.status !== 0 || problem.code === 'unreachable'
      if (chosen) onRefused(problem)
      // What the browser reports without being aborted would repeat at once.
      else if (!late.signal.aborted) return false
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }
  return false
}
