import { api, unwrap } from './client'
import { tokenGranted } from './token'
import type { Factors, FactorMethod, PasskeyRequestOptions, SignInChallenge, TotpSecret, User } from './types'

/** A code and what kind of code it is. */
export interface CodeProof {
  method: Extract<FactorMethod, 'password' | 'totp' | 'recovery'>
  code: string
}

/** What `credential.toJSON()` returns for a passkey that signed a challenge. */
interface Assertion {
  rawId: string
  response: { authenticatorData: string; clientDataJSON: string; signature: string; userHandle?: string }
}

/** Whether this browser can use a passkey for these options. */
export function passkeysWork(options: PasskeyRequestOptions | null | undefined): options is PasskeyRequestOptions {
  return Boolean(options) && typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === 'function'
}

/** Lets the browser sign a challenge with one of the user's passkeys. */
async function signed(options: PasskeyRequestOptions): Promise<Assertion> {
  const parsed = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON)
  const credential = await navigator.credentials.get({ publicKey: parsed })
  if (!(credential instanceof PublicKeyCredential)) throw new Error('The browser returned no passkey.')
  return credential.toJSON() as Assertion
}

/** Completes a sign-in with a code. */
export async function challengeAnswer({ challenge }: SignInChallenge, { method, code }: CodeProof): Promise<User> {
  if (method === 'password') throw new Error('A password does not answer a challenge.')
  const grant = await unwrap(api.POST('/api/auth/challenge', { body: { challenge, method, code } }))
  tokenGranted(grant)
  return grant.user
}

/** Completes a sign-in with a passkey. */
export async function challengeAnswerWithPasskey({ challenge }: SignInChallenge, options: PasskeyRequestOptions): Promise<User> {
  const credential = await signed(options)
  const grant = await unwrap(api.POST('/api/auth/challenge', { body: { challenge, method: 'passkey', credential } }))
  tokenGranted(grant)
  return grant.user
}

/** The ways in which the user can prove who they are. */
export function reauthenticateBegin(): Promise<SignInChallenge> {
  return unwrap(api.POST('/api/auth/reauthenticate/begin'))
}

/** Proves with a password or a code who the user is. */
export async function reauthenticate({ method, code }: CodeProof): Promise<void> {
  const body = method === 'password' ? { method, password: code } : { method, code }
  tokenGranted(await unwrap(api.POST('/api/auth/reauthenticate', { body })))
}

/** Proves with a passkey who the user is. */
export async function reauthenticateWithPasskey(options: PasskeyRequestOptions): Promise<void> {
  const credential = await signed(options)
  tokenGranted(await unwrap(api.POST('/api/auth/reauthenticate', { body: { method: 'passkey', credential } })))
}

/** Begins to set up the authenticator app that a sign-in needs. */
export async function challengeEnrol({ challenge }: SignInChallenge): Promise<TotpSecret> {
  const { totp } = await unwrap(api.POST('/api/auth/challenge/enrol', { body: { challenge, method: 'totp' } }))
  if (!totp) throw new Error('The server returned no secret.')
  return totp
}

/** Completes a sign-in with the first code of a new authenticator app. Returns the recovery codes; `enter` starts using the tokens. */
export async function challengeAnswerByEnrolling(
  { challenge }: SignInChallenge,
  code: string,
): Promise<{ codes: string[]; enter: () => void }> {
  const grant = await unwrap(api.POST('/api/auth/challenge', { body: { challenge, method: 'enrol_totp', code } }))
  return { codes: grant.recovery_codes, enter: () => tokenGranted(grant) }
}

export function factorsGet(): Promise<Factors> {
  return unwrap(api.GET('/api/me/factors'))
}

export function totpCreate(): Promise<TotpSecret> {
  return unwrap(api.POST('/api/me/totp'))
}

/** Adds the authenticator app. Returns the recovery codes, or none if the user has some already. */
export async function totpConfirm(code: string): Promise<string[]> {
  return (await unwrap(api.POST('/api/me/totp/confirm', { body: { code } }))).recovery_codes
}

export function totpDelete(): Promise<void> {
  return unwrap(api.DELETE('/api/me/totp'))
}

export async function recoveryCodesCreate(): Promise<string[]> {
  return (await unwrap(api.POST('/api/me/recovery-codes'))).recovery_codes
}
