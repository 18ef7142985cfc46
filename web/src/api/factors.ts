import { api, unwrap } from './client'
import { spoken } from './refusals'
import { tokenGranted } from './token'
import type { Factors, FactorMethod, SignInChallenge, TotpSecret } from './types'

/** A code and what kind of code it is. */
export interface CodeProof {
  method: Extract<FactorMethod, 'password' | 'totp' | 'recovery'>
  code: string
}

/** Completes a sign-in with a code. */
export async function challengeAnswer({ challenge }: SignInChallenge, { method, code }: CodeProof): Promise<void> {
  if (method === 'password') throw new Error('A password does not answer a challenge.')
  const grant = await spoken(unwrap(api.POST('/api/auth/challenge', { body: { challenge, method, code } })))
  tokenGranted(grant)
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

/** Begins to set up the authenticator app that a sign-in needs. */
export async function challengeEnrol({ challenge }: SignInChallenge): Promise<TotpSecret> {
  const { totp } = await spoken(unwrap(api.POST('/api/auth/challenge/enrol', { body: { challenge, method: 'totp' } })))
  if (!totp) throw new Error('The server returned no secret.')
  return totp
}

/** Completes a sign-in with the first code of a new authenticator app. Returns the recovery codes; `enter` starts using the tokens. */
export async function challengeAnswerByEnrolling(
  { challenge }: SignInChallenge,
  code: string,
): Promise<{ codes: string[]; enter: () => void }> {
  const grant = await spoken(unwrap(api.POST('/api/auth/challenge', { body: { challenge, method: 'enrol_totp', code } })))
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
