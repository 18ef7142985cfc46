import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { documentDelete, documentDownload } from '@/api/documents'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import type { Document } from '@/api/types'
import { useMe } from '@/session/useMe'
import { toast } from '@/ui/Toast'
import { fileMistake, fileType } from './file'
import { uploadAdd, type Target } from './uploads'

/** Has an investor's documents read again, and the timeline on which they stand. */
export function useDocumentsStale(): (investorId: string) => void {
  const client = useQueryClient()
  return useCallback(
    (investorId: string) => {
      void client.invalidateQueries({ queryKey: keys.documents.of(investorId) })
      void client.invalidateQueries({ queryKey: keys.investors.timelines(investorId) })
    },
    [client],
  )
}

/** Sends the files that can be taken and gives back, line by line, why the others cannot. */
export function useSendFiles(target: Target): (files: readonly File[]) => string | undefined {
  const me = useMe()
  const stale = useDocumentsStale()
  return (files) => {
    const taken = files.flatMap((file) => {
      const type = fileType(file.name)
      return type && !fileMistake(file) ? [{ file, type }] : []
    })
    uploadAdd(me.id, target, taken, stale)
    const mistakes = files.flatMap((file) => fileMistake(file) ?? [])
    return mistakes.length === 0 ? undefined : mistakes.join('\n')
  }
}

/** Saves a version's file; its address is asked for anew each time, and each time is recorded. */
export async function saveFile(file: Pick<Document, 'id' | 'investor_id'>, version: number): Promise<void> {
  try {
    const { url } = await documentDownload(file, version, 'attachment')
    const link = document.createElement('a')
    link.href = url
    link.download = ''
    link.click()
  } catch (error) {
    toast.error('Not downloaded', error)
  }
}

const CHANGED_SINCE = new Problem({
  status: 412,
  code: 'stale_version',
  title: 'Somebody changed this document meanwhile',
  detail: 'Look at it as it is now before you delete it.',
})

/** Deletes a document that nobody changed since it was shown; true when it is gone. */
export function useRemoveDocument() {
  const stale = useDocumentsStale()
  return async (removed: Document): Promise<boolean> => {
    try {
      await documentDelete(removed)
      toast.done(`${removed.title} is deleted`)
      return true
    } catch (error) {
      toast.error('Not deleted', error instanceof Problem && error.status === 412 ? CHANGED_SINCE : error)
      return false
    } finally {
      stale(removed.investor_id)
    }
  }
}
