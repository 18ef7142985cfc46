import { useQuery } from '@tanstack/react-query'
import { RotateCw, X } from 'lucide-react'
import { useEffect } from 'react'
import { Problem, asProblem } from '@/api/problem'
import type { QuarantineReason } from '@/api/types'
import { QUARANTINE_REASONS } from '@/api/words'
import { formatSize } from '@/lib/size'
import { IconButton } from '@/ui/Button'
import { ProgressBar } from '@/ui/ProgressBar'
import { toast } from '@/ui/Toast'
import { FileIcon } from './FileIcon'
import { uploadCancel, uploadRemove, uploadRetry, type UploadItem } from './uploads'

function setAside(name: string, reason: QuarantineReason | null | undefined): void {
  const detail = reason ? QUARANTINE_REASONS[reason] : 'It failed the file check.'
  toast.error(`${name} was quarantined`, new Problem({ status: 422, code: 'quarantined', title: detail, detail }))
}

/** Waits until the API has checked a file; live events trigger the next look. */
function useJudged(item: UploadItem): void {
  const { onChange, detail } = item.target
  const checking = item.step === 'checking'
  const { data, error } = useQuery({
    ...detail(item.made?.id ?? ''),
    enabled: checking,
    // Data read before the upload is irrelevant.
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  const version = data?.versions.find(({ number }) => number === item.made?.number)
  const gone = error !== null && asProblem(error).status === 404
  const status = gone ? 'gone' : version?.status
  useEffect(() => {
    if (!checking || status === undefined || status === 'awaiting_upload') return
    if (status === 'available') toast.done(`${item.file.name} is available`)
    if (status === 'quarantined') setAside(item.file.name, version?.reason)
    uploadRemove(item.id)
    onChange()
  }, [checking, status, version?.reason, item.id, item.file.name, onChange])
}

function stepWords({ step, sent, file }: UploadItem): string {
  switch (step) {
    case 'waiting':
      return `${formatSize(file.size)} · waiting`
    case 'reading':
      return `${formatSize(file.size)} · reading`
    case 'sending':
      return `${formatSize(sent)} of ${formatSize(file.size)}`
    default:
      return `${formatSize(file.size)} · checking`
  }
}

function UploadRow({ item }: { item: UploadItem }) {
  useJudged(item)
  const { file, type, step, problem } = item
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <FileIcon type={type} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{file.name}</p>
        {step === 'failed' && problem ? (
          <p role="alert" className="text-xs break-words text-red">
            {problem.detail ? `${problem.title}. ${problem.detail}` : problem.title}
          </p>
        ) : (
          <>
            <p className="tabular pb-1.5 text-xs text-ink-3">{stepWords(item)}</p>
            <ProgressBar value={step === 'checking' ? 1 : item.sent / file.size} label={`Uploading ${file.name}`} />
          </>
        )}
      </div>
      {step === 'failed' && <IconButton icon={RotateCw} label={`Retry ${file.name}`} onClick={() => uploadRetry(item)} />}
      {step !== 'checking' && (
        <IconButton
          icon={X}
          label={step === 'failed' ? `Dismiss ${file.name}` : `Cancel ${file.name}`}
          onClick={() => uploadCancel(item)}
        />
      )}
    </li>
  )
}

/** Uploads in progress. */
export function UploadRows({ items }: { items: readonly UploadItem[] }) {
  if (items.length === 0) return null
  return (
    <ul aria-label="Uploads" className="divide-y divide-line rounded-lg border border-line bg-surface">
      {items.map((item) => (
        <UploadRow key={item.id} item={item} />
      ))}
    </ul>
  )
}
