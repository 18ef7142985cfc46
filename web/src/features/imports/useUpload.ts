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
  const [state, setState] = useState<UploadState>({ step: 'idle' })
  const abort = useRef<AbortController | null>(null)

  const send = async (file: File) => {
    const control = new AbortController()
    abort.current = control
    setState({ step: 'sending', file, sent: 0 })
    try {
      const { import: made, upload } = await importCreate({ ...target, file_name: file.name.slice(-200), size: file.size }, newId())
      if (control.signal.aborted) return
      await uploadSend(upload, file, (sent) => setState({ step: 'sending', file, sent }), control.signal)
      onDone(made.id)
    } catch (error) {
      if (!control.signal.aborted) setState({ step: 'refused', file, problem: asProblem(error) })
    }
  }
  const stop = () => {
    abort.current?.abort()
    setState({ step: 'idle' })
  }
  return { state, send: (file: File) => void send(file), stop }
}
