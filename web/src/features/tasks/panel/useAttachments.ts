import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { attachmentCreate, attachmentDelete, attachmentDownload, attachmentList } from '@/api/attachments'
import { keys } from '@/api/keys'
import { taskGet } from '@/api/tasks'
import type { Attachment, Task } from '@/api/types'
import type { Shown } from '@/shell/uploads/Preview'
import type { Judged, Target } from '@/shell/uploads/uploads'
import { useStoredTask } from '../useStoredTask'

type OfTask = Pick<Task, 'id' | 'product_id'>

export const placeOf = ({ id }: Pick<Task, 'id'>) => `tasks/${id}`

/** Reloads a task's attachments, and the task that counts them. */
export function useAttachmentsStale() {
  const client = useQueryClient()
  const stored = useStoredTask()
  return useCallback(
    (task: OfTask) => {
      void client.invalidateQueries({ queryKey: keys.tasks.attachments(task.product_id, task.id) })
      void taskGet(task).then(stored, () => undefined)
    },
    [client, stored],
  )
}

/** The state of one upload. The API only has the list of attachments, newest first; a missing one is awaited. */
async function judged(task: OfTask, attachmentId: string): Promise<Judged> {
  let cursor: string | null | undefined
  do {
    const page = await attachmentList(task, cursor)
    const found = page.items.find(({ id }) => id === attachmentId)
    if (found) return { versions: [{ number: 1, status: found.status, reason: found.reason }] }
    cursor = page.next_cursor
  } while (cursor)
  return { versions: [] }
}

/** Upload target: a task. */
export function useAttachmentTarget({ id, product_id }: OfTask): Target {
  const stale = useAttachmentsStale()
  const task = { id, product_id }
  return {
    places: [placeOf(task)],
    announce: async (file, key) => {
      const { attachment, upload } = await attachmentCreate(task, file, key)
      return { id: attachment.id, number: 1, upload, discard: () => attachmentDelete(attachment) }
    },
    detail: (made) => ({ queryKey: keys.tasks.attachment(product_id, id, made), queryFn: () => judged(task, made) }),
    onChange: () => stale(task),
  }
}

export function shownOf(attachment: Attachment): Shown {
  return {
    key: attachment.id,
    title: attachment.file_name,
    type: attachment.content_type,
    address: (disposition) => attachmentDownload(attachment, disposition),
  }
}
