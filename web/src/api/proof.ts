/**
 * Some changes need a proof of identity from the last minutes. When the server asks for one, the page shows a dialog, and the change is sent
 * again once the user has confirmed who they are.
 */
type Ask = () => Promise<boolean>

let ask: Ask | null = null
let asking: Promise<boolean> | null = null

/** Registers what asks the user. Returns a function that removes it. */
export function onProofNeeded(handler: Ask): () => void {
  ask = handler
  return () => {
    if (ask === handler) ask = null
  }
}

/** Asks the user to confirm who they are, once for all requests that wait. False if they decline or nobody can be asked. */
export function proofGiven(): Promise<boolean> {
  asking ??= (ask?.() ?? Promise.resolve(false)).finally(() => {
    asking = null
  })
  return asking
}
