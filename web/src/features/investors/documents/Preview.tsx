import { Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import { documentDownload } from '@/api/documents'
import { Problem, asProblem } from '@/api/problem'
import type { Document, DocumentVersion } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorState, Loading, Skeleton } from '@/ui/states'
import { saveFile } from './useDocuments'

/** A file to be looked at: the newest one of a document, or one of its versions. */
export interface Shown {
  document: Pick<Document, 'id' | 'investor_id' | 'title'>
  version: Pick<DocumentVersion, 'number' | 'content_type' | 'file_name'>
}

type State = { step: 'loading' } | { step: 'shown'; url: string } | { step: 'failed'; problem: Problem }

const UNREACHED = new Problem({ status: 0, code: 'file_unreached', title: 'The file did not arrive', detail: 'Check the connection and try again.' })

/**
 * The file as an address within this page. The storage answers with a policy under which nothing is drawn, so its bytes are
 * taken over, with the type that the API has checked and not the one that the storage names.
 */
async function fetched({ document, version }: Shown, signal: AbortSignal): Promise<string> {
  const { url } = await documentDownload(document, version.number, 'inline')
  const answer = await fetch(url, { signal, credentials: 'omit' }).catch(() => Promise.reject(UNREACHED))
  if (!answer.ok) throw UNREACHED
  return URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: version.content_type }))
}

function useFile(shown: Shown): { state: State; again: () => void } {
  const [state, setState] = useState<State>({ step: 'loading' })
  const [attempt, setAttempt] = useState(0)
  const { document, version } = shown
  const { id, investor_id: investorId, title } = document
  const { number, content_type: type, file_name: name } = version
  useEffect(() => {
    const control = new AbortController()
    let made: string | undefined
    fetched({ document: { id, investor_id: investorId, title }, version: { number, content_type: type, file_name: name } }, control.signal)
      .then((url) => {
        if (control.signal.aborted) return URL.revokeObjectURL(url)
        made = url
        setState({ step: 'shown', url })
      })
      .catch((error: unknown) => !control.signal.aborted && setState({ step: 'failed', problem: asProblem(error) }))
    return () => {
      control.abort()
      if (made) URL.revokeObjectURL(made)
    }
  }, [id, investorId, title, number, type, name, attempt])
  const again = () => {
    setState({ step: 'loading' })
    setAttempt((count) => count + 1)
  }
  return { state, again }
}

function File({ shown }: { shown: Shown }) {
  const { state, again } = useFile(shown)
  const { title } = shown.document
  if (state.step === 'loading') {
    return <Loading label="Loading the file"><Skeleton className="h-[60vh] w-full" /></Loading>
  }
  if (state.step === 'failed') return <ErrorState error={state.problem} onRetry={again} />
  if (shown.version.content_type === 'application/pdf') {
    return <iframe src={`${state.url}#navpanes=0`} title={title} className="block h-[calc(76vh-140px)] min-h-64 w-full rounded-md border border-line bg-canvas max-md:h-[70vh]" />
  }
  return <img src={state.url} alt={title} className="mx-auto block max-h-[calc(76vh-140px)] max-w-full rounded-md max-md:max-h-[70vh]" />
}

/** A PDF document or image in front of the page. Looking at it is recorded as a download. */
export function Preview({ shown, onClose }: { shown: Shown | undefined; onClose: () => void }) {
  return (
    <Dialog
      open={shown !== undefined}
      onClose={onClose}
      size="wide"
      title={shown?.document.title ?? ''}
      footer={shown && <Button icon={Download} onClick={() => void saveFile(shown.document, shown.version.number)}>Download</Button>}
    >
      {shown && <File key={`${shown.document.id}/${shown.version.number}`} shown={shown} />}
    </Dialog>
  )
}
