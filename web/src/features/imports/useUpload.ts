import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { importCreate } from '@/api/imports'
import { asProblem, type Problem } from '@/api/problem'
import type { NewImport } from '@/api/types'
import { uploadSend } from '@/api/upload'
import { newId } from '@/lib/id'

export type UploadState =
  { step: 'idle' } | { step: 'sending'; file: File; sent: number } | { step: 'refused'; file: File; problem: Problem }

/** Announces a file and uploads it directly to storage; `onDone` gets the import's id. */
export function useUpload(target: Pick<NewImport, 'kind' | 'product_id'>, onDone: (importId: string) => void) {
  const [sent, setSent] = useState(0)
  const abort = useRef<AbortController | null>(null)
  const sending = useMutation({
    mutationFn: async ({ file, signal }: { file: File; signal: AbortSignal }) => {
      const { import: made, upload } = await importCreate({ ...target, file_name: file.name.slice(-200), size: file.size }, newId())
      signal.throwIfAborted()
      await uploadSend(upload, file, setSent, signal)
      return made.id
    },
    onSuccess: (importId) => onDone(importId),
  })

  const send = (file: File) => {
    const control = new AbortController()
    abort.current = control
    setSent(0)
    sending.mutate({ file, signal: control.signal })
  }
  const stop = () => {
    abort.current?.abort()
    sending.reset()
  }
  const state = (): UploadState => {
    if (sending.isIdle) return { step: 'idle' }
    if (sending.isError) return { step: 'refused', file: sending.variables.file, problem: asProblem(sending.error) }
    // A finished upload stays visible until the import's page has loaded.
    return { step: 'sending', file: sending.variables.file, sent }
  }
  return { state: state(), send, stop }
}
