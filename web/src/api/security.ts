import { api, ifMatch, unwrap } from './client'
import type { SecurityPatch, SecuritySettings } from './types'

export function securityGet(): Promise<SecuritySettings> {
  return unwrap(api.GET('/api/settings/security'))
}

export function securityUpdate(settings: Pick<SecuritySettings, 'version'>, body: SecurityPatch): Promise<SecuritySettings> {
  return unwrap(api.PATCH('/api/settings/security', { body, ...ifMatch(settings) }))
}
