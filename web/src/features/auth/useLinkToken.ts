import { useEffect, useState } from 'react'
import { tokenOf } from './resetToken'

/** The token of the link that led here, removed from the URL at once so that no history or screenshot keeps it. */
export function useLinkToken(): string | null {
  const [token] = useState(() => tokenOf(window.location.hash))
  useEffect(() => {
    if (window.location.hash !== '') window.history.replaceState(window.history.state, '', window.location.pathname)
  }, [])
  return token
}
