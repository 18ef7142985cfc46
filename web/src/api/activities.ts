import { api, ifMatch, once, paged, unwrap } from './client'
import type { Activity, ActivityPatch, NewActivity, Page } from './types'

type Placed = Pick<Activity, 'id' | 'investor_id' | 'version'>

const one = (activity: Pick<Activity, 'id' | 'investor_id'>) => ({
  path: { investor_id: activity.investor_id, activity_id: activity.id },
})

export function activityList(investorId: string, cursor?: string | null): Promise<Page<Activity>> {
  const params = { path: { investor_id: investorId }, query: paged({}, cursor) }
  return unwrap(api.GET('/api/investors/{investor_id}/activities', { params }))
}

export function activityCreate(investorId: string, body: NewActivity, key?: string): Promise<Activity> {
  const params = { path: { investor_id: investorId } }
  return unwrap(api.POST('/api/investors/{investor_id}/activities', { params, body, ...once(key) }))
}

export function activityGet(investorId: string, activityId: string): Promise<Activity> {
  const params = one({ id: activityId, investor_id: investorId })
  return unwrap(api.GET('/api/investors/{investor_id}/activities/{activity_id}', { params }))
}

export function activityUpdate(activity: Placed, body: ActivityPatch): Promise<Activity> {
  const request = { params: one(activity), body, ...ifMatch(activity) }
  return unwrap(api.PATCH('/api/investors/{investor_id}/activities/{activity_id}', request))
}

export function activityDelete(activity: Placed): Promise<void> {
  const request = { params: one(activity), ...ifMatch(activity) }
  return unwrap(api.DELETE('/api/investors/{investor_id}/activities/{activity_id}', request))
}
