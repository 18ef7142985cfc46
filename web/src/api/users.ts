import { api, ifMatch, once, paged, unwrap } from './client'
import type { Filters, NewUser, Page, User, UserCard, UserPatch } from './types'

export type UserFilters = Filters<'user_list'>

export function userList(filters: UserFilters = {}, cursor?: string | null): Promise<Page<UserCard>> {
  return unwrap(api.GET('/api/users', { params: { query: paged(filters, cursor) } }))
}

export function userCreate(body: NewUser, key?: string): Promise<User> {
  return unwrap(api.POST('/api/users', { body, ...once(key) }))
}

export function userGet(userId: string): Promise<User> {
  return unwrap(api.GET('/api/users/{user_id}', { params: { path: { user_id: userId } } }))
}

export function userUpdate(user: Pick<User, 'id' | 'version'>, body: UserPatch): Promise<User> {
  return unwrap(api.PATCH('/api/users/{user_id}', { params: { path: { user_id: user.id } }, body, ...ifMatch(user) }))
}
