import { api, unwrap } from './client'
import { Problem } from './problem'
import { spoken } from './refusals'
import { tokenGranted } from './token'
import type { Passkey, PasskeyAttestation, PasskeyCreated, PasskeyCreationOptions, PasskeyRequestOptions, SignInChallenge } from './types'
import { passkeyAsked, passkeyForgotten, passkeyMade } from './webauthn'

/** At most ten, oldest first. */
export async function passkeyList(): Promise<Passkey[]> {
  return (await unwrap(api.GET('/api/me/passkeys', { params: { query: { limit: 100 } } }))).items
}

/** Lets the user create a passkey and sends it to the server. One that the server refuses is not offered again. */
async function made<R>(options: PasskeyCreationOptions, send: (credential: PasskeyAttestation) => Promise<R>): Promise<R> {
  const credential = await passkeyMade(options)
  try {
    return await send(credential)
  } catch (error) {
    if (error instanceof Problem && error.status >= 400 && error.status < 500) passkeyForgotten(options.rp.id, credential)
    throw error
  }
}

/** Adds a passkey: the user creates it in their browser, and the server stores it under the name. */
export function passkeyCreate(name: string): Promise<PasskeyCreated> {
  const add = async () => {
    const options = await unwrap(api.POST('/api/me/passkeys/begin'))
    return made(options, (credential) => unwrap(api.POST('/api/me/passkeys/finish', { body: { name, credential } })))
  }
  return spoken(add())
}

export function passkeyUpdate(passkeyId: string, name: string): Promise<Passkey> {
  const params = { path: { passkey_id: passkeyId } }
  return unwrap(api.PATCH('/api/me/passkeys/{passkey_id}', { params, body: { name } }))
}

export function passkeyDelete(passkeyId: string): Promise<void> {
  return unwrap(api.DELETE('/api/me/passkeys/{passkey_id}', { params: { path: { passkey_id: passkeyId } } }))
}

/** Begins a sign-in with a passkey alone. The options can be answered within five minutes. */
export function passkeyLoginBegin(): Promise<PasskeyRequestOptions> {
  return unwrap(api.POST('/api/auth/passkey/begin'))
}

/** Signs in with a passkey alone. With a `signal`, the browser only suggests it; see {@link passkeyAsked}. */
export function passkeyLogin(options: PasskeyRequestOptions, signal?: AbortSignal): Promise<void> {
  const login = async () => {
    const credential = await passkeyAsked(options, signal)
    tokenGranted(await unwrap(api.POST('/api/auth/passkey/finish', { body: { credential } })))
  }
  return spoken(login())
}

/** Completes a sign-in with a passkey. */
export function challengeAnswerWithPasskey({ challenge }: SignInChallenge, options: PasskeyRequestOptions): Promise<void> {
  const answer = async () => {
    const credential = await passkeyAsked(options)
    tokenGranted(await unwrap(api.POST('/api/auth/challenge', { body: { challenge, method: 'passkey', credential } })))
  }
  return spoken(answer())
}

/** Proves with a passkey who the user is. */
export function reauthenticateWithPasskey(options: PasskeyRequestOptions): Promise<void> {
  const prove = async () => {
    const credential = await passkeyAsked(options)
    tokenGranted(await unwrap(api.POST('/api/auth/reauthenticate', { body: { method: 'passkey', credential } })))
  }
  return spoken(prove())
}

/** Begins to set up the passkey that a sign-in needs. Counts as one of the five answers to the challenge. */
export async function challengeEnrolPasskey({ challenge }: SignInChallenge): Promise<PasskeyCreationOptions> {
  const { passkey } = await spoken(unwrap(api.POST('/api/auth/challenge/enrol', { body: { challenge, method: 'passkey' } })))
  if (!passkey) throw new Error('The server returned no options for a passkey.')
  return passkey
}

/** Completes a sign-in by adding a passkey. Returns the recovery codes; `enter` starts using the tokens. */
export function challengeAnswerByAddingPasskey(
  { challenge }: SignInChallenge,
  options: PasskeyCreationOptions,
  name: string,
): Promise<{ codes: string[]; enter: () => void }> {
  const add = async () => {
    const grant = await made(options, (credential) =>
      unwrap(api.POST('/api/auth/challenge', { body: { challenge, method: 'enrol_passkey', name, credential } })),
    )
    return { codes: grant.recovery_codes, enter: () => tokenGranted(grant) }
  }
  return spoken(add())
}
