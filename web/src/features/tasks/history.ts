import { auditList } from '@/api/audit'
import type { AuditRecord } from '@/api/types'

/** The task of a comment or file, which live events don't name; also for deleted ones. */
export async function taskBehind(entityType: 'comment' | 'attachment', entityId: string): Promise<string | undefined> {
  const { items } = await auditList({ entity_type: entityType, entity_id: entityId }).catch(() => ({ items: [] as AuditRecord[] }))
  const change = items.flatMap(({ changes }) => changes).find(({ field }) => field === 'task_id')
  const taskId = change?.after ?? change?.before
  return typeof taskId === 'string' ? taskId : undefined
}
