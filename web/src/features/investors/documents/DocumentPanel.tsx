import { useQuery } from '@tanstack/react-query'
import { Download, Eye, FileQuestion, FileUp } from 'lucide-react'
import { useState } from 'react'
import { documentGet } from '@/api/documents'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Document, DocumentDetail, DocumentVersion } from '@/api/types'
import { FILE_TYPES, QUARANTINE_REASONS } from '@/api/words'
import { formatSize } from '@/lib/size'
import { DocumentBadge } from '@/ui/Badge'
import { Button, IconButton } from '@/ui/Button'
import { SidePanel } from '@/ui/Dialog'
import { DropZone } from '@/ui/DropZone'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import type { DocumentActs } from './DocumentRow'
import { ACCEPTED, isShown } from '@/shell/uploads/file'
import type { Shown } from '@/shell/uploads/Preview'
import { UploadRows } from '@/shell/uploads/UploadRows'
import { useSendFiles, useUploads } from '@/shell/uploads/useUploads'
import { saveFile, shownOf, useDocumentTarget } from './useDocuments'

interface PanelProps {
  investorId: string
  documentId: string | undefined
  acts: DocumentActs
  onShow: (shown: Shown) => void
  onClose: () => void
}

function VersionRow({ document, version, onShow }: { document: Document; version: DocumentVersion; onShow: (shown: Shown) => void }) {
  const { number, status, reason } = version
  return (
    <li className="flex items-start gap-2 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">Version {number}</span>
          <DocumentBadge status={status} />
          {number === document.file_version && status === 'available' && <span className="text-xs text-ink-3">Current</span>}
        </p>
        <p className="text-xs break-words text-ink-2">{version.file_name}</p>
        <p className="text-xs text-ink-3">
          {FILE_TYPES[version.content_type]} · <span className="tabular">{formatSize(version.size)}</span> · {version.created_by_name} ·{' '}
          <RelativeTime at={version.created_at} />
        </p>
        {reason && <p className="text-xs text-red">{QUARANTINE_REASONS[reason]}</p>}
      </div>
      {isShown(version) && <IconButton icon={Eye} label={`Preview version ${number}`} onClick={() => onShow(shownOf(document, version))} />}
      {status === 'available' && (
        <IconButton icon={Download} label={`Download version ${number}`} onClick={() => void saveFile(document, number)} />
      )}
    </li>
  )
}

function NewVersion({ document }: { document: Document }) {
  const [mistake, setMistake] = useState<string>()
  const send = useSendFiles(useDocumentTarget({ investorId: document.investor_id, documentId: document.id }))
  const items = useUploads(`documents/${document.id}`)
  return (
    <div className="flex flex-col gap-3">
      <DropZone
        compact
        icon={FileUp}
        label="New version file"
        drop="Drop a new version here"
        choose="Upload a new version"
        accept={ACCEPTED}
        onFiles={(files) => setMistake(send(files.slice(0, 1)))}
        problem={mistake}
      >
        Earlier versions are kept and can still be downloaded.
      </DropZone>
      <UploadRows items={items} />
    </div>
  )
}

function Detail({
  detail: { document, versions },
  acts,
  onShow,
}: {
  detail: DocumentDetail
  acts: DocumentActs
  onShow: (shown: Shown) => void
}) {
  const mayChange = acts.write !== undefined && document.status === 'available'
  return (
    <div className="flex flex-col gap-5">
      {document.description && <p className="break-words whitespace-pre-wrap text-ink-2">{document.description}</p>}
      {acts.write && (
        <div className="flex flex-wrap gap-2">
          {mayChange && <Button onClick={() => acts.write?.rename(document)}>Rename</Button>}
          <Button onClick={() => acts.write?.remove(document)}>Delete</Button>
        </div>
      )}
      {mayChange && <NewVersion document={document} />}
      <section aria-label="Versions">
        <h3 className="font-semibold">Versions</h3>
        <ul className="divide-y divide-line">
          {versions.map((version) => (
            <VersionRow key={version.number} document={document} version={version} onShow={onShow} />
          ))}
        </ul>
      </section>
    </div>
  )
}

/** Side panel of a document: its description and versions. */
export function DocumentPanel({ investorId, documentId, acts, onShow, onClose }: PanelProps) {
  const id = documentId ?? ''
  const query = useQuery({
    queryKey: keys.documents.one(investorId, id),
    queryFn: () => documentGet({ id, investor_id: investorId }),
    enabled: documentId !== undefined,
    // Each read of personal data is recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
  })
  return (
    <SidePanel open={documentId !== undefined} onClose={onClose} title={query.data?.document.title ?? 'Document'}>
      {query.isPending ? (
        <SkeletonLines lines={8} />
      ) : query.isError ? (
        asProblem(query.error).status === 404 ? (
          <EmptyState icon={FileQuestion} title="Document not found">
            It was deleted, or you don’t have access to it.
          </EmptyState>
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <Detail key={id} detail={query.data} acts={acts} onShow={onShow} />
      )}
    </SidePanel>
  )
}
