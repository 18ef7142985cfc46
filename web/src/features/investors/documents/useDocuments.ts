import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { documentCreate, documentDelete, documentDownload, documentGet, documentVersionCreate } from '@/api/documents'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import type { Document, DocumentVersion } from '@/api/types'
import type { Shown } from '@/shell/uploads/Preview'
import type { Target } from '@/shell/uploads/uploads'
import { saveFrom } from '@/shell/uploads/useUploads'
import { toast } from '@/ui/Toast'

/** Invalidates an investor's documents and the timeline that shows them. */
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

/** Upload target: a new document, optionally about an investment, or the next version of one. */
interface DocumentPlace {
  investorId: string
  investmentId?: string
  documentId?: string
}

export function useDocumentTarget({ investorId, investmentId, documentId }: DocumentPlace): Target {
  const stale = useDocumentsStale()
  return {
    places: documentId
      ? [`documents/${documentId}`]
      : [`investors/${investorId}`, ...(investmentId ? [`investments/${investmentId}`] : [])],
    announce: async (file, key) => {
      if (documentId) {
        const { number, upload } = await documentVersionCreate({ id: documentId, investor_id: investorId }, file, key)
        return { id: documentId, number, upload }
      }
      const { document, number, upload } = await documentCreate(
        investorId,
        investmentId ? { ...file, investment_id: investmentId } : file,
        key,
      )
      return { id: document.id, number, upload, discard: () => documentDelete(document) }
    },
    detail: (id) => ({ queryKey: keys.documents.one(investorId, id), queryFn: () => documentGet({ id, investor_id: investorId }) }),
    onChange: () => stale(investorId),
  }
}

/** A version to preview. */
export function shownOf(
  document: Pick<Document, 'id' | 'investor_id' | 'title'>,
  { number, content_type: type }: Pick<DocumentVersion, 'number' | 'content_type'>,
): Shown {
  return {
    key: `${document.id}/${number}`,
    title: document.title,
    type,
    address: (disposition) => documentDownload(document, number, disposition),
  }
}

/** Downloads a version's file; each download requests a new URL and is recorded. */
export function saveFile(file: Pick<Document, 'id' | 'investor_id'>, version: number): Promise<void> {
  return saveFrom((disposition) => documentDownload(file, version, disposition))
}

const CHANGED_SINCE = new Problem({
  status: 412,
  code: 'stale_version',
  title: 'Someone else changed this document',
  detail: 'Review the latest version before you delete it.',
})

/** Deletes a document unless someone has changed it since it was shown. */
export function useRemoveDocument() {
  const stale = useDocumentsStale()
  return useMutation({
    mutationFn: (removed: Document) => documentDelete(removed),
    onSuccess: (_gone, removed) => toast.done(`${removed.title} deleted`),
    onError: (error) =>
      toast.error('Couldn’t delete the document', error instanceof Problem && error.status === 412 ? CHANGED_SINCE : error),
    onSettled: (_gone, _error, removed) => stale(removed.investor_id),
  })
}
