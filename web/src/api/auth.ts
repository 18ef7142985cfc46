import { api, ifMatch, once, unwrap } from './client'
import { tokenForgotten, tokenGranted } from './token'
import type {
  Acceptance,
  Accepted,
  EmailConfirmation,
  Login,
  Me,
  MePatch,
  NewSetup,
  PasswordChange,
  PasswordReset,
  PasswordResetRequest,
  Preferences,
  PreferencesPatch,
  Session,
  Setup,
  SignInChallenge,
  User,
} from './types'

export function setupGet(): Promise<Setup> {
  return unwrap(api.GET('/api/setup'))
}

export function setupCreate(body: NewSetup, key?: string): Promise<User> {
  return unwrap(api.POST('/api/setup', { body, ...once(key) }))
}

/** Signs in and starts using the access token, or returns the challenge of the second step. */
export async function login(body: Login): Promise<SignInChallenge | null> {
  const grant = await unwrap(api.POST('/api/auth/login', { body }))
  if ('challenge' in grant) return grant
  tokenGranted(grant)
  return null
}

/** Signs out locally even if the server can't be reached. */
export async function logout(): Promise<void> {
  try {
    await unwrap(api.POST('/api/auth/logout'))
  } finally {
    tokenForgotten()
  }
}

export function meGet(): Promise<Me> {
  return unwrap(api.GET('/api/me'))
}

export async function meUpdate(me: Me, body: MePatch): Promise<Me> {
  const changed = await unwrap(api.PATCH('/api/me', { body, ...ifMatch(me) }))
  // Permissions don't change with a name; if a response lacks them, the known ones are kept.
  return { ...me, ...changed }
}

export function passwordChange(body: PasswordChange): Promise<void> {
  return unwrap(api.POST('/api/me/password', { body, ...once() }))
}

/** The response is the same whether or not the user exists. */
export function passwordResetRequest(body: PasswordResetRequest): Promise<void> {
  return unwrap(api.POST('/api/auth/password-reset/request', { body }))
}

/** Sets a new password with the token from a reset link; ends all of the user's sessions. */
export function passwordResetConfirm(body: PasswordReset): Promise<void> {
  return unwrap(api.POST('/api/auth/password-reset/confirm', { body }))
}

/** Makes the new address, to which the link was sent, the user’s own. */
export function emailConfirm(body: EmailConfirmation): Promise<void> {
  return unwrap(api.POST('/api/auth/email/confirm', { body }))
}

/** Sets the first password with the token from an invitation. */
export function invitationAccept(body: Acceptance): Promise<Accepted> {
  return unwrap(api.POST('/api/auth/invitation/accept', { body }))
}

export function preferencesGet(): Promise<Preferences> {
  return unwrap(api.GET('/api/me/preferences'))
}

export function preferencesUpdate(preferences: Pick<Preferences, 'version'>, body: PreferencesPatch): Promise<Preferences> {
  return unwrap(api.PATCH('/api/me/preferences', { body, ...ifMatch(preferences) }))
}

export async function sessionList(): Promise<Session[]> {
  const page = await unwrap(api.GET('/api/me/sessions', { params: { query: { limit: 100 } } }))
  return page.items
}

export function sessionRevoke(sessionId: string): Promise<void> {
  return unwrap(api.DELETE('/api/me/sessions/{session_id}', { params: { path: { session_id: sessionId } } }))
}

export function sessionRevokeAll(): Promise<void> {
  return unwrap(api.DELETE('/api/me/sessions'))
}
