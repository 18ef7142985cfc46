import { api, ifMatch, once, paged, unwrap } from './client'
import type {
  Comment,
  Filters,
  NewComment,
  NewTask,
  NewView,
  Page,
  SavedView,
  Task,
  TaskCard,
  TaskMove,
  TaskPatch,
  TasksUpdated,
} from './types'

export type TaskFilters = Filters<'task_list'>

type Placed = Pick<Task, 'id' | 'product_id'>
type Versioned = Placed & Pick<Task, 'version'>

const within = (productId: string) => ({ path: { product_id: productId } })
const one = ({ id, product_id }: Placed) => ({ path: { product_id, task_id: id } })

export function taskList(productId: string, filters: TaskFilters = {}, cursor?: string | null): Promise<Page<TaskCard>> {
  const params = { ...within(productId), query: paged(filters, cursor) }
  return unwrap(api.GET('/api/products/{product_id}/tasks', { params }))
}

/** The caller's unfinished tasks in all products. */
export function taskListMine(cursor?: string | null): Promise<Page<TaskCard>> {
  return unwrap(api.GET('/api/tasks', { params: { query: paged({}, cursor) } }))
}

export function taskCreate(productId: string, body: NewTask, key?: string): Promise<Task> {
  const request = { params: within(productId), body, ...once(key) }
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

/** Applies the same change to at most 100 tasks; each succeeds or fails individually. */
export function taskUpdateMany(
  productId: string,
  chosen: readonly Pick<Task, 'id' | 'version'>[],
  patch: TaskPatch,
): Promise<TasksUpdated> {
  const ids = chosen.map(({ id, version }) => ({ id, version }))
  return unwrap(api.PATCH('/api/products/{product_id}/tasks', { params: within(productId), body: { ids, patch } }))
}

export function taskMove(task: Versioned, body: TaskMove): Promise<Task> {
  return unwrap(api.POST('/api/products/{product_id}/tasks/{task_id}/move', { params: one(task), body, ...ifMatch(task) }))
}

export function taskChecklistTick(task: Placed, itemId: string, done: boolean): Promise<Task> {
  const params = { path: { product_id: task.product_id, task_id: task.id, item_id: itemId } }
  return unwrap(api.PUT('/api/products/{product_id}/tasks/{task_id}/checklist/{item_id}', { params, body: { done } }))
}

export function taskWatch(task: Placed): Promise<Task> {
  return unwrap(api.PUT('/api/products/{product_id}/tasks/{task_id}/watch', { params: one(task) }))
}

export function taskUnwatch(task: Placed): Promise<Task> {
  return unwrap(api.DELETE('/api/products/{product_id}/tasks/{task_id}/watch', { params: one(task) }))
}

export function commentList(task: Placed, cursor?: string | null): Promise<Page<Comment>> {
  const params = { ...one(task), query: paged({}, cursor) }
  return unwrap(api.GET('/api/products/{product_id}/tasks/{task_id}/comments', { params }))
}

export function commentCreate(task: Placed, body: NewComment, key?: string): Promise<Comment> {
  return unwrap(api.POST('/api/products/{product_id}/tasks/{task_id}/comments', { params: one(task), body, ...once(key) }))
}

type Written = Pick<Comment, 'id' | 'version' | 'task_id' | 'product_id'>
const commentPath = ({ id, task_id, product_id }: Written) => ({ path: { product_id, task_id, comment_id: id } })

export function commentUpdate(comment: Written, body: NewComment): Promise<Comment> {
  const request = { params: commentPath(comment), body, ...ifMatch(comment) }
  return unwrap(api.PATCH('/api/products/{product_id}/tasks/{task_id}/comments/{comment_id}', request))
}

export function commentDelete(comment: Written): Promise<void> {
  const request = { params: commentPath(comment), ...ifMatch(comment) }
  return unwrap(api.DELETE('/api/products/{product_id}/tasks/{task_id}/comments/{comment_id}', request))
}

/** The caller's saved views; at most 50, all on one page. */
export function viewList(productId: string): Promise<Page<SavedView>> {
  return unwrap(api.GET('/api/products/{product_id}/views', { params: within(productId) }))
}

export function viewCreate(productId: string, body: NewView, key?: string): Promise<SavedView> {
  return unwrap(api.POST('/api/products/{product_id}/views', { params: within(productId), body, ...once(key) }))
}

export function viewDelete(productId: string, viewId: string): Promise<void> {
  return unwrap(api.DELETE('/api/products/{product_id}/views/{view_id}', { params: { path: { product_id: productId, view_id: viewId } } }))
}
