import { auditList } from '@/api/audit'
import type { AuditRecord } from '@/api/types'

const DENIED = /denied|refused/

/** Who changed a task last, for the one who was slower; undefined when it cannot be told. */
export async function lastActor(taskId: string): Promise<string | undefined> {
  const { items } = await auditList({ entity_type: 'task', entity_id: taskId }).catch(() => ({ items: [] as AuditRecord[] }))
  return items.find(({ action }) => !DENIED.test(action))?.actor_name
}
