import { Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Problem, asProblem } from '@/api/problem'
import type { FileType } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorState, Loading, Skeleton } from '@/ui/states'
import { saveFrom } from './useUploads'

/** A file to preview: the newest one of a document or asset, or one of its versions. */
export interface Shown {
  /** Unique to this file: another file is loaded separately. */
  key: string
  title: string
  type: FileType
  /** Returns a short-lived URL for the file. */
  address: (disposition: 'attachment' | 'inline') => Promise<{ url: string }>
}

type State = { step: 'loading' } | { step: 'shown'; url: string } | { step: 'failed'; problem: Problem }

const UNREACHED = new Problem({
  status: 0,
  code: 'file_unreached',
  title: 'Couldn’t load the file',
  detail: 'Check your connection and try again.',
})

/**
 * The file's bytes, for rendering within this page. The storage's policy forbids rendering, so the bytes are copied, with the type checked
 * by the API instead of the one the storage reports.
 */
export async function fetchFile({ address, type }: Pick<Shown, 'address' | 'type'>, signal: AbortSignal): Promise<Blob> {
  const { url } = await address('inline')
  const answer = await fetch(url, { signal, credentials: 'omit' }).catch(() => Promise.reject(UNREACHED))
  if (!answer.ok) throw UNREACHED
  return new Blob([await answer.arrayBuffer()], { type })
}

function useFile({ address, type }: Shown): { state: State; again: () => void } {
  const [state, setState] = useState<State>({ step: 'loading' })
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const control = new AbortController()
    let made: string | undefined
    fetchFile({ address, type }, control.signal)
      .then((file) => {
        if (control.signal.aborted) return
        made = URL.createObjectURL(file)
        setState({ step: 'shown', url: made })
      })
      .catch((error: unknown) => !control.signal.aborted && setState({ step: 'failed', problem: asProblem(error) }))
    return () => {
      control.abort()
      if (made) URL.revokeObjectURL(made)
    }
  }, [address, type, attempt])
  const again = () => {
    setState({ step: 'loading' })
    setAttempt((count) => count + 1)
  }
  return { state, again }
}

function File({ shown }: { shown: Shown }) {
  const { state, again } = useFile(shown)
  const { title } = shown
  if (state.step === 'loading') {
    return (
      <Loading label="Loading the file">
        <Skeleton className="h-[60vh] w-full" />
      </Loading>
    )
  }
  if (state.step === 'failed') return <ErrorState error={state.problem} onRetry={again} />
  if (shown.type === 'application/pdf') {
    return (
      <iframe
        src={`${state.url}#navpanes=0`}
        title={title}
        className="block h-[calc(76vh-140px)] min-h-64 w-full rounded-md border border-line bg-canvas max-md:h-[70vh]"
      />
    )
  }
  return <img src={state.url} alt={title} className="mx-auto block max-h-[calc(76vh-140px)] max-w-full rounded-md max-md:max-h-[70vh]" />
}

/** A preview of a PDF or image on top of the page. Viewing it is recorded as a download. */
export function Preview({ shown, onClose }: { shown: Shown | undefined; onClose: () => void }) {
  return (
    <Dialog
      open={shown !== undefined}
      onClose={onClose}
      size="wide"
      title={shown?.title ?? ''}
      footer={
        shown && (
          <Button icon={Download} onClick={() => void saveFrom(shown.address)}>
            Download
          </Button>
        )
      }
    >
      {shown && <File key={shown.key} shown={shown} />}
    </Dialog>
  )
}
