import { createContext } from 'react'
import { unsavedIn, type Unsaved } from '@/lib/unsaved'
import { ask } from './Ask'

/** The dialogs and panels around a component, outermost first. */
export const Scope = createContext<readonly string[]>([])

/** Asks what to do with unsaved input, if there is any. True if it may be left. */
export async function mayLeave(forms: readonly Unsaved[]): Promise<boolean> {
  if (forms.length === 0) return true
  const choice = await ask({
    title: 'Leave without saving?',
    detail: 'What you typed can wait here as a draft until you sign out.',
    cancel: 'Keep editing',
    choices: [
      { value: 'discard', label: 'Discard', variant: 'danger' },
      { value: 'keep', label: 'Keep draft', variant: 'primary' },
    ],
  })
  if (choice === null) return false
  for (const form of forms) {
    if (choice === 'discard') form.discard()
    else form.release()
  }
  return true
}

/** Closes a dialog or panel; asks first if a form inside holds unsaved input. Without any, it closes at once. */
export function leave(scope: string, close: () => void): void {
  const forms = unsavedIn(scope)
  if (forms.length === 0) close()
  else void mayLeave(forms).then((left) => left && close())
}
