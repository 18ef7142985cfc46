import { Download, Eye, FileUp } from 'lucide-react'
import { useState } from 'react'
import type { Asset, AssetVersion } from '@/api/types'
import { FILE_TYPES, QUARANTINE_REASONS } from '@/api/words'
import { formatSize } from '@/lib/size'
import { ACCEPTED, isShown } from '@/shell/uploads/file'
import type { Shown } from '@/shell/uploads/Preview'
import { UploadRows } from '@/shell/uploads/UploadRows'
import { saveFrom, useSendFiles, useUploads } from '@/shell/uploads/useUploads'
import { DocumentBadge } from '@/ui/Badge'
import { IconButton } from '@/ui/Button'
import { DropZone } from '@/ui/DropZone'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/inputs'
import { RelativeTime } from '@/ui/RelativeTime'
import { shownOf, useAssetTarget } from './useAssets'

function VersionRow({ asset, version, onShow }: { asset: Asset; version: AssetVersion; onShow: (shown: Shown) => void }) {
  const { number, status, reason, note } = version
  const shown = shownOf(asset, version)
  return (
    <li className="flex items-start gap-2 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">Version {number}</span>
          {status !== 'available' && <DocumentBadge status={status} />}
          {number === asset.file_version && status === 'available' && <span className="text-xs text-ink-3">Current</span>}
        </p>
        {note && <p className="break-words whitespace-pre-wrap text-ink-2">{note}</p>}
        <p className="text-xs break-words text-ink-3">
          {version.file_name} · {FILE_TYPES[version.content_type]} · <span className="tabular">{formatSize(version.size)}</span> ·{' '}
          {version.created_by_name} · <RelativeTime at={version.created_at} />
        </p>
        {reason && <p className="text-xs text-red">{QUARANTINE_REASONS[reason]}</p>}
      </div>
      {isShown(version) && <IconButton icon={Eye} label={`Preview version ${number}`} onClick={() => onShow(shown)} />}
      {status === 'available' && (
        <IconButton icon={Download} label={`Download version ${number}`} onClick={() => void saveFrom(shown.address)} />
      )}
    </li>
  )
}

/** Upload of the next version. */
export function NewVersion({ asset }: { asset: Asset }) {
  const [mistake, setMistake] = useState<string>()
  const [note, setNote] = useState('')
  const send = useSendFiles(useAssetTarget({ productId: asset.product_id, assetId: asset.id, note }))
  const items = useUploads(`assets/${asset.id}`)
  const take = (files: File[]) => {
    const wrong = send(files.slice(0, 1))
    setMistake(wrong)
    if (!wrong) setNote('')
  }
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <h3 className="font-semibold">New version</h3>
      <Field label="What’s new">
        <Input value={note} onChange={setNote} autoComplete="off" />
      </Field>
      <DropZone
        compact
        icon={FileUp}
        label="New version file"
        drop="Drop a new version here"
        choose="Upload a new version"
        accept={ACCEPTED}
        onFiles={take}
        problem={mistake}
      >
        It starts as a draft. Earlier versions are kept.
      </DropZone>
      <UploadRows items={items} />
    </div>
  )
}

/** An asset's files, newest first. */
export function AssetVersions({
  asset,
  versions,
  onShow,
}: {
  asset: Asset
  versions: readonly AssetVersion[]
  onShow: (shown: Shown) => void
}) {
  return (
    <section aria-label="Versions" className="border-t border-line pt-4">
      <h3 className="font-semibold">Versions</h3>
      <ul className="divide-y divide-line">
        {versions.map((version) => (
          <VersionRow key={version.number} asset={asset} version={version} onShow={onShow} />
        ))}
      </ul>
    </section>
  )
}
