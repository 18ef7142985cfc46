import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import { useState } from 'react'
import { pages } from '@/api/client'
import { documentList } from '@/api/documents'
import { keys } from '@/api/keys'
import type { Document, Investment } from '@/api/types'
import { FILE_TYPES } from '@/api/words'
import { formatSize } from '@/lib/size'
import { useCan } from '@/session/useMe'
import { DocumentBadge } from '@/ui/Badge'
import { DropZone } from '@/ui/DropZone'
import { LoadMore } from '@/ui/LoadMore'
import { Section } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { ACCEPTED, MAX_BYTES } from '@/shell/uploads/file'
import { FileIcon } from '@/shell/uploads/FileIcon'
import { UploadRows } from '@/shell/uploads/UploadRows'
import { useSendFiles, useUploads } from '@/shell/uploads/useUploads'
import { useDocumentTarget } from './useDocuments'

function Upload({ investment }: { investment: Investment }) {
  const [mistake, setMistake] = useState<string>()
  const send = useSendFiles(useDocumentTarget({ investorId: investment.investor_id, investmentId: investment.id }))
  const items = useUploads(`investments/${investment.id}`)
  return (
    <>
      <DropZone
        compact
        multiple
        icon={FileUp}
        label="Files about this investment"
        drop="Drop files here"
        choose="Upload files"
        accept={ACCEPTED}
        onFiles={(files) => setMistake(send(files))}
        problem={mistake}
      >
        Agreements, notices and reports about this investment; up to {formatSize(MAX_BYTES)} each.
      </DropZone>
      <UploadRows items={items} />
    </>
  )
}

function Row({ document }: { document: Document }) {
  return (
    <li>
      <Link
        to="/investors/$investorId/documents"
        params={{ investorId: document.investor_id }}
        search={{ document: document.id }}
        className="flex min-h-12 items-center gap-3 rounded-md py-2 hover:bg-hover"
      >
        <FileIcon type={document.content_type} />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{document.title}</span>
          <span className="block text-xs text-ink-3">
            {FILE_TYPES[document.content_type]} · {formatSize(document.size)} · {document.created_by_name} ·{' '}
            <RelativeTime at={document.created_at} />
          </span>
        </span>
        {document.status !== 'available' && <DocumentBadge status={document.status} />}
      </Link>
    </li>
  )
}

interface InvestmentDocumentsProps {
  investment: Investment
  /** Whether its investor is deleted, which rules out uploads. */
  deleted: boolean
}

/** Documents about an investment; everything else about them is on the documents tab. */
export function InvestmentDocuments({ investment, deleted }: InvestmentDocumentsProps) {
  const { id, investor_id: investorId } = investment
  const mayRead = useCan('document_read')
  const mayWrite = useCan('document_write') && !deleted
  const list = useInfiniteQuery({
    queryKey: keys.documents.about(investorId, id),
    queryFn: ({ pageParam }) => documentList(investorId, pageParam, { investment_id: id }),
    ...pages,
    enabled: mayRead,
    // Each read of personal data is recorded, so it is read on demand, not whenever the window gets focus.
    refetchOnWindowFocus: false,
  })
  if (!mayRead) return null
  const documents = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Section title="Documents">
      <div className="flex flex-col gap-3">
        {mayWrite && <Upload investment={investment} />}
        {list.isPending ? (
          <SkeletonLines lines={2} />
        ) : list.isError ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : documents.length === 0 ? (
          !mayWrite && <p className="text-ink-3">None yet.</p>
        ) : (
          <ul aria-label="Documents about this investment" className="divide-y divide-line">
            {documents.map((document) => (
              <Row key={document.id} document={document} />
            ))}
          </ul>
        )}
        <LoadMore hasMore={list.hasNextPage} loading={list.isFetchingNextPage} onLoad={() => void list.fetchNextPage()} />
      </div>
    </Section>
  )
}
