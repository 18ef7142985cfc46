import { api, call, ifMatch, once, paged, unwrap } from './client'
import type { Comment, Filters, NewTask, Page, SavedView, Task, TaskCard, TaskMove, TaskPatch, TasksUpdated } from './types'

export type TaskFilters = Filters<'task_list'>

type Placed = Pick<Task, 'id' | 'product_id'>
type Versioned = Placed & Pick<Task, 'version'>

const tasks = (productId: string) => `/api/products/${productId}/tasks`
const at = ({ id, product_id }: Placed) => `${tasks(product_id)}/${id}`
const one = ({ id, product_id }: Placed) => ({ path: { product_id, task_id: id } })

export function taskList(productId: string, filters: TaskFilters = {}, cursor?: string | null): Promise<Page<TaskCard>> {
  const params = { path: { product_id: productId }, query: paged(filters, cursor) }
  return unwrap(api.GET('/api/products/{product_id}/tasks', { params }))
}

/** What is assigned to the caller and not done, in all products. */
export function taskListMine(cursor?: string | null): Promise<Page<TaskCard>> {
  return unwrap(api.GET('/api/tasks', { params: { query: paged({}, cursor) } }))
}

export function taskCreate(productId: string, body: NewTask, key?: string): Promise<Task> {
  const request = { params: { path: { product_id: productId } }, body, ...once(key) }
  return unwrap(api.POST('/api/products/{product_id}/tasks', request))
}

export function taskGet(task: Placed): Promise<Task> {
  return unwrap(api.GET('/api/products/{product_id}/tasks/{task_id}', { params: one(task) }))
}

export function taskUpdate(task: Versioned, body: TaskPatch): Promise<Task> {
  return unwrap(api.PATCH('/api/products/{product_id}/tasks/{task_id}', { params: one(task), body, ...ifMatch(task) }))
}

export function taskDelete(task: Versioned): Promise<void> {
  return unwrap(api.DELETE('/api/products/{product_id}/tasks/{task_id}', { params: one(task), ...ifMatch(task) }))
}

/** The same change to at most 100 tasks; each is changed or refused for itself. */
export function taskUpdateMany(productId: string, chosen: readonly Pick<Task, 'id' | 'version'>[], patch: TaskPatch): Promise<TasksUpdated> {
  const ids = chosen.map(({ id, version }) => ({ id, version }))
  return call('patch', tasks(productId), { body: { ids, patch } })
}

export function taskMove(task: Versioned, body: TaskMove): Promise<Task> {
  return call('post', `${at(task)}/move`, { body, ...ifMatch(task) })
}

export function taskChecklistTick(task: Placed, itemId: string, done: boolean): Promise<Task> {
  return call('put', `${at(task)}/checklist/${itemId}`, { body: { done } })
}

export function taskWatch(task: Placed): Promise<Task> {
  return call('put', `${at(task)}/watch`)
}

export function taskUnwatch(task: Placed): Promise<Task> {
  return call('delete', `${at(task)}/watch`)
}

export function commentList(task: Placed, cursor?: string | null): Promise<Page<Comment>> {
  return call('get', `${at(task)}/comments`, { query: paged({}, cursor) })
}

export interface CommentBody {
  text: string
  mentions: string[]
}

export function commentCreate(task: Placed, body: CommentBody, key?: string): Promise<Comment> {
  return call('post', `${at(task)}/comments`, { body, ...once(key) })
}

export function commentUpdate(task: Placed, comment: Pick<Comment, 'id' | 'version'>, body: CommentBody): Promise<Comment> {
  return call('patch', `${at(task)}/comments/${comment.id}`, { body, ...ifMatch(comment) })
}

export function commentDelete(task: Placed, comment: Pick<Comment, 'id' | 'version'>): Promise<void> {
  return call('delete', `${at(task)}/comments/${comment.id}`, ifMatch(comment))
}

const views = (productId: string) => `/api/products/${productId}/views`

export function viewList(productId: string): Promise<Page<SavedView>> {
  return call('get', views(productId))
}

export function viewCreate(productId: string, body: Omit<SavedView, 'id'>, key?: string): Promise<SavedView> {
  return call('post', views(productId), { body, ...once(key) })
}

export function viewDelete(productId: string, viewId: string): Promise<void> {
  return call('delete', `${views(productId)}/${viewId}`)
}
