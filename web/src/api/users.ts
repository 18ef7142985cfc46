import { api, ifMatch, once, paged, unwrap } from './client'
import type { Filters, InvitedUser, NewUser, Page, SentLink, Session, User, UserCard, UserPatch } from './types'

export type UserFilters = Filters<'user_list'>

export function userList(filters: UserFilters = {}, cursor?: string | null): Promise<Page<UserCard>> {
  return unwrap(api.GET('/api/users', { params: { query: paged(filters, cursor) } }))
}

export function userCreate(body: NewUser, key?: string): Promise<InvitedUser> {
  return unwrap(api.POST('/api/users', { body, ...once(key) }))
}

export function userGet(userId: string): Promise<User> {
  return unwrap(api.GET('/api/users/{user_id}', { params: { path: { user_id: userId } } }))
}

export function userUpdate(user: Pick<User, 'id' | 'version'>, body: UserPatch): Promise<User> {
  return unwrap(api.PATCH('/api/users/{user_id}', { params: { path: { user_id: user.id } }, body, ...ifMatch(user) }))
}

/** Sends a new invitation; the previous one no longer works. */
export function userInvite(userId: string): Promise<SentLink> {
  return unwrap(api.POST('/api/users/{user_id}/invitation', { params: { path: { user_id: userId } } }))
}

/** Sends a link with which the user can set a new password. */
export function userPasswordReset(userId: string): Promise<SentLink> {
  return unwrap(api.POST('/api/users/{user_id}/password-reset', { params: { path: { user_id: userId } } }))
}

export async function userSessionList(userId: string): Promise<Session[]> {
  const params = { path: { user_id: userId }, query: { limit: 100 } }
  return (await unwrap(api.GET('/api/users/{user_id}/sessions', { params }))).items
}

export function userSessionRevoke(userId: string, sessionId: string): Promise<void> {
  const params = { path: { user_id: userId, session_id: sessionId } }
  return unwrap(api.DELETE('/api/users/{user_id}/sessions/{session_id}', { params }))
}

/** Signs the user out everywhere. */
export function userSessionRevokeAll(userId: string): Promise<void> {
  return unwrap(api.DELETE('/api/users/{user_id}/sessions', { params: { path: { user_id: userId } } }))
}

/** Removes the user’s second factors and recovery codes. */
export function userFactorsReset(userId: string): Promise<void> {
  return unwrap(api.DELETE('/api/users/{user_id}/factors', { params: { path: { user_id: userId } } }))
}
