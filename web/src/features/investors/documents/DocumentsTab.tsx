import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { FileStack, FileUp } from 'lucide-react'
import { useState } from 'react'
import { pages } from '@/api/client'
import { documentList } from '@/api/documents'
import { keys } from '@/api/keys'
import type { Document } from '@/api/types'
import { formatSize } from '@/lib/size'
import { useStore } from '@/lib/store'
import { useTitlePart } from '@/lib/title'
import { useCan } from '@/session/useMe'
import { ExportButton } from '@/shell/ExportButton'
import { useChange } from '@/shell/useChange'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { DropZone } from '@/ui/DropZone'
import { LoadMore } from '@/ui/LoadMore'
import { EmptyState, ErrorState, Loading, Skeleton } from '@/ui/states'
import { useInvestor } from '../useInvestor'
import type { DocumentsSearch } from '../routes'
import { DocumentForm } from './DocumentForm'
import { DocumentPanel } from './DocumentPanel'
import { DocumentRow, type DocumentActs } from './DocumentRow'
import { ACCEPTED, MAX_BYTES } from '@/shell/uploads/file'
import { Preview, type Shown } from '@/shell/uploads/Preview'
import { UploadRows } from '@/shell/uploads/UploadRows'
import { uploads } from '@/shell/uploads/uploads'
import { useSendFiles, useUploads } from '@/shell/uploads/useUploads'
import { shownOf, useDocumentTarget, useRemoveDocument } from './useDocuments'

export const Route = createLazyRoute('/shell/investors/$investorId/documents')({ component: DocumentsTab })
const route = getRouteApi('/shell/investors/$investorId/documents')

function Rows() {
  return (
    <Loading label="Loading documents">
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        {[0, 1, 2].map((row) => (
          <div key={row} className="flex items-center gap-3 px-4 py-3">
            <Skeleton className="size-9" />
            <div className="flex flex-1 flex-col gap-2">
              <Skeleton className="h-3 w-1/2" />
              <Skeleton className="h-3 w-2/3" />
            </div>
          </div>
        ))}
      </div>
    </Loading>
  )
}

function Removal({ document, onDone }: { document: Document | undefined; onDone: (gone: boolean) => void }) {
  const removal = useRemoveDocument()
  const run = (doomed: Document) => removal.mutate(doomed, { onSuccess: () => onDone(true), onError: () => onDone(false) })
  return (
    <Dialog
      open={document !== undefined}
      onClose={() => onDone(false)}
      size="small"
      title="Delete this document?"
      description={`${document?.title ?? ''} is deleted with all its versions and can no longer be downloaded. This can’t be undone.`}
      footer={
        <>
          <Button onClick={() => onDone(false)}>Cancel</Button>
          <Button variant="danger" busy={removal.isPending} onClick={() => document && run(document)}>
            Delete
          </Button>
        </>
      }
    />
  )
}

function Upload({ investorId }: { investorId: string }) {
  const [mistake, setMistake] = useState<string>()
  const send = useSendFiles(useDocumentTarget({ investorId }))
  const items = useUploads(`investors/${investorId}`)
  return (
    <>
      <DropZone
        compact
        multiple
        icon={FileUp}
        label="Files"
        drop="Drop files here"
        choose="Upload files"
        accept={ACCEPTED}
        onFiles={(files) => setMistake(send(files))}
        problem={mistake}
      >
        PDF, images, Word, Excel, PowerPoint, CSV or text; up to {formatSize(MAX_BYTES)} each. Files with macros aren’t accepted.
      </DropZone>
      <UploadRows items={items} />
    </>
  )
}

function List({ investorId, mayWrite, acts }: { investorId: string; mayWrite: boolean; acts: DocumentActs }) {
  const list = useInfiniteQuery({
    queryKey: keys.documents.list(investorId),
    queryFn: ({ pageParam }) => documentList(investorId, pageParam),
    ...pages,
    // Each read of personal data is recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
  })
  const underWay = new Set(useStore(uploads).map(({ made }) => made?.id))
  if (list.isPending) return <Rows />
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  // Uploads in progress are shown above with their progress.
  const shown = list.data.pages.flatMap(({ items }) => items).filter(({ id, status }) => status !== 'awaiting_upload' || !underWay.has(id))
  if (shown.length === 0 && !list.hasNextPage) {
    return (
      <EmptyState icon={FileStack} title="No documents yet">
        {mayWrite ? 'Upload agreements, statements and reports for this investor.' : 'Agreements, statements and reports appear here.'}
      </EmptyState>
    )
  }
  return (
    <>
      <div className="flex justify-end">
        <ExportButton path={`/api/exports/investors/${investorId}/documents`} name="documents" action="document_export" />
      </div>
      <ul aria-label="Documents" className="divide-y divide-line rounded-lg border border-line bg-surface">
        {shown.map((document) => (
          <DocumentRow key={document.id} document={document} acts={acts} />
        ))}
      </ul>
      <LoadMore hasMore={list.hasNextPage} loading={list.isFetchingNextPage} onLoad={() => void list.fetchNextPage()} />
    </>
  )
}

function DocumentsTab() {
  useTitlePart('Documents')
  const { investorId } = route.useParams()
  const { document: chosen } = route.useSearch()
  const { deleted } = useInvestor(investorId)
  const mayWrite = useCan('document_write') && !deleted
  const [shown, setShown] = useState<Shown>()
  const [renamed, setRenamed] = useState<Document>()
  const [doomed, setDoomed] = useState<Document>()
  const change = useChange<DocumentsSearch>(['document'])
  const open = ({ id }: Document) => change({ document: id })
  const close = () => change({ document: undefined })
  const acts: DocumentActs = {
    preview: (document) => setShown(shownOf(document, { ...document, number: document.file_version })),
    open,
    ...(mayWrite ? { write: { rename: setRenamed, remove: setDoomed } } : {}),
  }
  return (
    <section aria-label="Documents" className="flex flex-col gap-4">
      {mayWrite && <Upload investorId={investorId} />}
      <List investorId={investorId} mayWrite={mayWrite} acts={acts} />
      <DocumentPanel investorId={investorId} documentId={chosen} acts={acts} onShow={setShown} onClose={close} />
      <Preview shown={shown} onClose={() => setShown(undefined)} />
      <Dialog open={renamed !== undefined} onClose={() => setRenamed(undefined)} title="Rename document">
        {renamed && <DocumentForm document={renamed} onDone={() => setRenamed(undefined)} />}
      </Dialog>
      <Removal
        document={doomed}
        onDone={(gone) => {
          if (gone && doomed?.id === chosen) close()
          setDoomed(undefined)
        }}
      />
    </section>
  )
}
