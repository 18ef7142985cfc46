import { auditList } from '@/api/audit'
import type { AuditRecord } from '@/api/types'

const DENIED = /denied|refused/

/** Who changed a task last, for the one who was slower; undefined when it cannot be told. */
export async function lastActor(taskId: string): Promise<string | undefined> {
  const { items } = await auditList({ entity_type: 'task', entity_id: taskId }).catch(() => ({ items: [] as AuditRecord[] }))
  return items.find(({ action }) => !DENIED.test(action))?.actor_name
}

/** The task that a comment or file is at, which what the live connection tells of it does not say; also of one that is deleted. */
export async function taskBehind(entityType: 'comment' | 'attachment', entityId: string): Promise<string | undefined> {
  const { items } = await auditList({ entity_type: entityType, entity_id: entityId }).catch(() => ({ items: [] as AuditRecord[] }))
  const change = items.flatMap(({ changes }) => changes).find(({ field }) => field === 'task_id')
  const taskId = change?.after ?? change?.before
  return typeof taskId === 'string' ? taskId : undefined
}
