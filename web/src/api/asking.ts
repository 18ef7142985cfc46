/** Registers what asks the user. Returns a function that removes it. */
type Register = (handler: () => Promise<boolean>) => () => void

/**
 * Something that only the user can give while requests wait for it. `given` asks once for all of them; it is false if the user declines or
 * nobody can be asked.
 */
export function createAsking(): { onNeeded: Register; given: () => Promise<boolean> } {
  let ask: (() => Promise<boolean>) | null = null
  let asking: Promise<boolean> | null = null
  return {
    onNeeded: (handler) => {
      ask = handler
      return () => {
        if (ask === handler) ask = null
      }
    },
    given: () => {
      asking ??= (ask?.() ?? Promise.resolve(false)).finally(() => {
        asking = null
      })
      return asking
    },
  }
}

/**
 * Some changes need a proof of identity from the last minutes. When the server asks for one, the page shows a dialog, and the change is sent
 * again once the user has confirmed who they are.
 */
export const proof = createAsking()

/** A session may end while the page is in use. The user then signs in over the page, and the requests that failed are sent again. */
export const signIn = createAsking()
