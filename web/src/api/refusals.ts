import { Problem, errorsByField } from './problem'

const LATE = 'invalid_challenge'

/** Whether the server no longer takes an answer, because it came too late or there were too many before. */
export function isOver(error: unknown): boolean {
  return error instanceof Problem && error.code === LATE
}

/** What the server says about an answer to a challenge, in words for the user. */
function inWords(error: unknown): unknown {
  if (!(error instanceof Problem)) return error
  const say = (title: string, detail: string) => new Problem({ ...error, title, detail, errors: [] })
  if (error.code === LATE) return say('This took too long', 'Start again.')
  if (error.code === 'passkey_taken') return say('This passkey was already added', 'Look for it in the list of passkeys.')
  if (errorsByField(error)['credential'] === undefined) return error
  return say('Steward doesn’t accept this passkey', 'It may have been removed from your account. Use another one, or sign in another way.')
}

/** Passes on the result of answering a challenge; a refusal is put into words. */
export async function spoken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw inWords(error)
  }
}
