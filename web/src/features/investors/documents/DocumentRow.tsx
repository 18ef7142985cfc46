import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download, Ellipsis, Eye, History, Pencil, Trash2 } from 'lucide-react'
import { documentGet } from '@/api/documents'
import { keys } from '@/api/keys'
import type { Document } from '@/api/types'
import { FILE_TYPES, QUARANTINE_REASONS } from '@/api/words'
import { formatSize } from '@/lib/size'
import { DocumentBadge } from '@/ui/Badge'
import { IconButton } from '@/ui/Button'
import { Menu, MenuItem, MenuSeparator } from '@/ui/Menu'
import { RelativeTime } from '@/ui/RelativeTime'
import { isShown } from '@/shell/uploads/file'
import { FileIcon } from '@/shell/uploads/FileIcon'
import { saveFile } from './useDocuments'

export interface DocumentActs {
  preview: (document: Document) => void
  /** Opens the side panel with its versions. */
  open: (document: Document) => void
  /** Only for users who may change documents. */
  write?: { rename: (document: Document) => void; remove: (document: Document) => void }
}

/** Why a document whose only file was refused can't be opened. */
function Reason({ document }: { document: Document }) {
  const { data } = useQuery({
    queryKey: keys.documents.one(document.investor_id, document.id),
    queryFn: () => documentGet(document),
    refetchOnWindowFocus: false,
  })
  const reason = data?.versions[0]?.reason
  return <p className="text-xs text-red">{reason ? QUARANTINE_REASONS[reason] : 'It failed the file check.'} Only you can see it.</p>
}

function State({ document }: { document: Document }) {
  const { status, latest_version: latest, file_version: current } = document
  if (status === 'quarantined') return <Reason document={document} />
  if (status === 'awaiting_upload') {
    return (
      <p className="text-xs text-ink-3">The file hasn’t arrived. Without it, this entry is removed within a day. Only you can see it.</p>
    )
  }
  if (latest > current) return <p className="text-xs text-amber">Version {latest} isn’t available: its file is missing or quarantined.</p>
  return null
}

function Actions({ document, acts }: { document: Document; acts: DocumentActs }) {
  const { title } = document
  const available = document.status === 'available'
  const shown = isShown(document)
  if (!available && !acts.write) return null
  return (
    <span className="flex shrink-0">
      {shown && <IconButton icon={Eye} label={`Preview ${title}`} className="max-md:hidden" onClick={() => acts.preview(document)} />}
      {available && (
        <IconButton icon={Download} label={`Download ${title}`} onClick={() => void saveFile(document, document.file_version)} />
      )}
      <Menu trigger={<IconButton icon={Ellipsis} label={`Actions for ${title}`} />}>
        {shown && (
          <MenuItem icon={Eye} onSelect={() => acts.preview(document)}>
            Preview
          </MenuItem>
        )}
        <MenuItem icon={History} onSelect={() => acts.open(document)}>
          {available && acts.write ? 'Versions and new version' : 'Versions'}
        </MenuItem>
        {acts.write && available && (
          <MenuItem icon={Pencil} onSelect={() => acts.write?.rename(document)}>
            Rename
          </MenuItem>
        )}
        {acts.write && <MenuSeparator />}
        {acts.write && (
          <MenuItem icon={Trash2} danger onSelect={() => acts.write?.remove(document)}>
            Delete
          </MenuItem>
        )}
      </Menu>
    </span>
  )
}

/** A document in the list, with its actions. */
export function DocumentRow({ document, acts }: { document: Document; acts: DocumentActs }) {
  const { id, investor_id: investorId, title, content_type: type, status, file_version: version } = document
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <FileIcon type={type} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Link
            to="/investors/$investorId/documents"
            params={{ investorId }}
            search={{ document: id }}
            className="min-w-0 font-medium break-words hover:text-accent hover:underline"
          >
            {title}
          </Link>
          <DocumentBadge status={status} />
        </div>
        <p className="text-xs text-ink-3">
          {FILE_TYPES[type]} · <span className="tabular">{formatSize(document.size)}</span>
          {version > 1 && <> · Version {version}</>} · {document.created_by_name} · <RelativeTime at={document.created_at} />
        </p>
        <State document={document} />
      </div>
      <Actions document={document} acts={acts} />
    </li>
  )
}
