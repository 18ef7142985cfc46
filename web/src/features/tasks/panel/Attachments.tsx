import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Download, Eye, FileUp, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { attachmentDelete, attachmentList } from '@/api/attachments'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import type { Attachment, Task } from '@/api/types'
import { FILE_TYPES, QUARANTINE_REASONS } from '@/api/words'
import { formatSize } from '@/lib/size'
import { useStore } from '@/lib/store'
import { ACCEPTED, MAX_BYTES, isShown } from '@/shell/uploads/file'
import { FileIcon } from '@/shell/uploads/FileIcon'
import { Preview, type Shown } from '@/shell/uploads/Preview'
import { UploadRows } from '@/shell/uploads/UploadRows'
import { uploads } from '@/shell/uploads/uploads'
import { saveFrom, useSendFiles, useUploads } from '@/shell/uploads/useUploads'
import { DocumentBadge } from '@/ui/Badge'
import { Button, IconButton } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { DropZone } from '@/ui/DropZone'
import { LoadMore } from '@/ui/LoadMore'
import { RelativeTime } from '@/ui/RelativeTime'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useTaskAccess } from '../useTaskAccess'
import { placeOf, shownOf, useAttachmentTarget, useAttachmentsStale } from './useAttachments'

function State({ attachment: { status, reason } }: { attachment: Attachment }) {
  if (status === 'quarantined')
    return <p className="text-xs text-red">{reason ? QUARANTINE_REASONS[reason] : 'It failed the file check.'} Only you can see it.</p>
  if (status === 'awaiting_upload')
    return (
      <p className="text-xs text-ink-3">The file hasn’t arrived. Without it, this entry is removed within a day. Only you can see it.</p>
    )
  return null
}

interface FileRowProps {
  attachment: Attachment
  onShow: (shown: Shown) => void
  onRemove: (() => void) | undefined
}

function FileRow({ attachment, onShow, onRemove }: FileRowProps) {
  const { file_name: name, content_type: type, size, status, created_by_name: by, created_at: at } = attachment
  const shown = shownOf(attachment)
  return (
    <li className="flex items-start gap-3 py-2.5 pr-1 pl-3">
      <FileIcon type={type} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className="min-w-0 font-medium break-words">{name}</span>
          {status !== 'available' && <DocumentBadge status={status} />}
        </p>
        <p className="text-xs text-ink-3">
          {FILE_TYPES[type]} · <span className="tabular">{formatSize(size)}</span> · {by} · <RelativeTime at={at} />
        </p>
        <State attachment={attachment} />
      </div>
      <span className="flex shrink-0">
        {isShown(attachment) && <IconButton icon={Eye} label={`Preview ${name}`} className="max-md:hidden" onClick={() => onShow(shown)} />}
        {status === 'available' && <IconButton icon={Download} label={`Download ${name}`} onClick={() => void saveFrom(shown.address)} />}
        {onRemove && <IconButton icon={Trash2} label={`Delete ${name}`} onClick={onRemove} />}
      </span>
    </li>
  )
}

function Removal({ task, attachment, onClose }: { task: Task; attachment: Attachment | undefined; onClose: () => void }) {
  const stale = useAttachmentsStale()
  const removal = useMutation({
    mutationFn: (doomed: Attachment) => attachmentDelete(doomed),
    onSuccess: (_gone, { file_name: name }) => toast.done(`${name} deleted`),
    onError: (error, { file_name: name }) => {
      // If someone else deleted it first, the result is the same.
      if (error instanceof Problem && error.status === 404) toast.info(`${name} was already deleted`)
      else toast.error(`Couldn’t delete ${name}`, error)
    },
    onSettled: () => {
      stale(task)
      onClose()
    },
  })
  return (
    <Dialog
      open={attachment !== undefined}
      onClose={onClose}
      size="small"
      title="Delete this file?"
      description={`${attachment?.file_name ?? ''} is deleted from ${task.reference} and can no longer be downloaded. This can’t be undone.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={removal.isPending} onClick={() => attachment && removal.mutate(attachment)}>
            Delete
          </Button>
        </>
      }
    />
  )
}

function NewFiles({ task }: { task: Task }) {
  const [mistake, setMistake] = useState<string>()
  const send = useSendFiles(useAttachmentTarget(task))
  const items = useUploads(placeOf(task))
  return (
    <>
      <UploadRows items={items} />
      <DropZone
        compact
        multiple
        icon={FileUp}
        label="Files"
        drop="Drop files here"
        choose="Attach files"
        accept={ACCEPTED}
        onFiles={(files) => setMistake(send(files))}
        problem={mistake}
      >
        PDF, images, Word, Excel, PowerPoint, CSV or text; up to {formatSize(MAX_BYTES)} each.
      </DropZone>
    </>
  )
}

/** A task's attachments, newest first, and a drop zone to add more. */
export function Attachments({ task }: { task: Task }) {
  const { mayComment, mayRemoveFile } = useTaskAccess(task.product_id)
  const query = useInfiniteQuery({
    queryKey: keys.tasks.attachments(task.product_id, task.id),
    queryFn: ({ pageParam }) => attachmentList(task, pageParam),
    ...pages,
  })
  const underWay = new Set(useStore(uploads).map(({ made }) => made?.id))
  const [shown, setShown] = useState<Shown>()
  const [doomed, setDoomed] = useState<Attachment>()
  // Uploads in progress are shown below with their progress.
  const files = (query.data?.pages.flatMap(({ items }) => items) ?? []).filter(
    ({ id, status }) => status !== 'awaiting_upload' || !underWay.has(id),
  )
  const adds = mayComment(task)
  if (!adds && query.isSuccess && files.length === 0) return null
  return (
    <section aria-label="Files" className="flex flex-col gap-2">
      <h3 className="font-semibold">
        Files
        {files.length > 0 && <span className="tabular ml-2 text-xs font-normal text-ink-3">{task.attachment_count || files.length}</span>}
      </h3>
      {query.isPending && <SkeletonLines lines={2} />}
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {files.length > 0 && (
        <ul aria-label="Files" className="divide-y divide-line rounded-lg border border-line bg-surface">
          {files.map((file) => (
            <FileRow key={file.id} attachment={file} onShow={setShown} onRemove={mayRemoveFile(file) ? () => setDoomed(file) : undefined} />
          ))}
        </ul>
      )}
      <LoadMore hasMore={query.hasNextPage} loading={query.isFetchingNextPage} onLoad={() => void query.fetchNextPage()} />
      {adds && <NewFiles task={task} />}
      <Preview shown={shown} onClose={() => setShown(undefined)} />
      <Removal task={task} attachment={doomed} onClose={() => setDoomed(undefined)} />
    </section>
  )
}
