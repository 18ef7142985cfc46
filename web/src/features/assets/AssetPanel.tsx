import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, Download, Eye, FileQuestion, FileUp, Send, Trash2, Undo2, X } from 'lucide-react'
import { useState } from 'react'
import { assetGet, assetUpdate } from '@/api/assets'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import { nameMistake } from '@/api/rules'
import type { Asset, AssetDetail, AssetKind, AssetVersion } from '@/api/types'
import { ASSET_KINDS, FILE_TYPES, QUARANTINE_REASONS, options } from '@/api/words'
import { changes } from '@/lib/rebase'
import { formatSize } from '@/lib/size'
import { useRequirements } from '@/shell/products/useRequirements'
import { ACCEPTED, isShown } from '@/shell/uploads/file'
import type { Shown } from '@/shell/uploads/Preview'
import { UploadRows } from '@/shell/uploads/UploadRows'
import { saveFrom, useSendFiles, useUploads } from '@/shell/uploads/useUploads'
import { ApprovalBadge, DocumentBadge, SuspectBadge } from '@/ui/Badge'
import { Button, IconButton } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Dialog, SidePanel } from '@/ui/Dialog'
import { DropZone } from '@/ui/DropZone'
import { Field } from '@/ui/Field'
import { Input, Select, Textarea } from '@/ui/inputs'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, FormError, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { newestOf, shownOf, useAssetChanges, useAssetTarget, useAssetsStale } from './useAssets'

interface Values {
  name: string
  kind: AssetKind
  requirement_id: string
}

const valuesOf = ({ name, kind, requirement_id: requirement }: Asset): Values => ({ name, kind, requirement_id: requirement ?? '' })

function patchOf(values: Values, before: Values) {
  const { requirement_id: requirement, ...others } = changes(values, before)
  return { ...others, ...(requirement === undefined ? {} : { requirement_id: requirement || null }) }
}

function DetailsForm({ asset }: { asset: Asset }) {
  const stale = useAssetsStale()
  const { requirements, loading } = useRequirements(asset.product_id)
  const { form, edited, discard } = useEntityForm<Asset, Values>({
    entity: asset,
    what: 'asset',
    empty: valuesOf(asset),
    valuesOf,
    check: ({ name }) => ({ name: nameMistake(name) }),
    update: (base, values, before) => assetUpdate(base, patchOf(values, before)),
    reload: async (base) => (await assetGet(base)).asset,
    onDone: (saved) => {
      stale(saved.product_id)
      toast.done(`${saved.name} is saved`)
    },
  })
  return (
    <form noValidate aria-label="Details" className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <div className="grid gap-4 md:grid-cols-[minmax(0,1fr)_160px]">
        <Field label="Name" required error={form.errors['name']}>
          <Input {...form.bind('name')} autoComplete="off" />
        </Field>
        <Field label="Kind" required error={form.errors['kind']}>
          <Select {...form.bind('kind')} options={options(ASSET_KINDS)} />
        </Field>
      </div>
      <Field label="For the requirement" error={form.errors['requirement_id']}>
        <Combobox
          {...form.bind('requirement_id')}
          options={requirements.map(({ id, reference, title }) => ({ value: id, label: `${reference} ${title}` }))}
          loading={loading}
          clearLabel="None"
          placeholder="None"
        />
      </Field>
      {edited && (
        <div className="flex justify-end gap-2">
          <Button variant="quiet" onClick={discard}>
            Discard
          </Button>
          <Button type="submit" variant="primary" busy={form.busy}>
            Save
          </Button>
        </div>
      )}
    </form>
  )
}

/** The requirement that an asset is for; when that changed since, someone must look whether the asset still fits. */
export function ForRequirement({ asset, mayWrite }: { asset: Asset; mayWrite: boolean }) {
  const { requirements } = useRequirements(asset.product_id, Boolean(asset.requirement_id))
  const { busy, update } = useAssetChanges()
  const { requirement_id: id, requirement_suspect: suspect, requirement_version: version } = asset
  if (!id) return null
  const requirement = requirements.find((one) => one.id === id)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="text-ink-3">For</span>
      {requirement ? (
        <Link
          to="/products/$productId/requirements/$requirementId"
          params={{ productId: asset.product_id, requirementId: id }}
          className="min-w-0 break-words text-accent hover:underline"
        >
          {requirement.reference} {requirement.title}
        </Link>
      ) : (
        <span>{suspect ? 'a requirement that is gone' : 'a requirement'}</span>
      )}
      {suspect && <SuspectBadge />}
      {suspect && requirement && (
        <>
          <Link
            to="/products/$productId/requirements/$requirementId"
            params={{ productId: asset.product_id, requirementId: id }}
            search={{ from: version ?? 1, to: requirement.content_version }}
            className="text-accent hover:underline"
          >
            What changed
          </Link>
          {mayWrite && (
            <Button
              icon={Check}
              busy={busy}
              onClick={() => update(asset, { requirement_id: id }, `${asset.name} fits ${requirement.reference} as it is now`)}
            >
              Confirm
            </Button>
          )}
        </>
      )}
    </div>
  )
}

function Decision({ asset }: { asset: Asset }) {
  const [note, setNote] = useState('')
  const { busy, approve, reject, update } = useAssetChanges()
  const { approval } = asset
  if (asset.status !== 'available') return null
  if (approval === 'approved' || approval === 'rejected') {
    return (
      <Button
        icon={Undo2}
        className="self-start"
        busy={busy}
        onClick={() => update(asset, { approval: 'in_review' }, `The approval of ${asset.name} is asked for again`)}
      >
        Ask for approval again
      </Button>
    )
  }
  const decided = { onSuccess: () => setNote('') }
  return (
    <div className="flex flex-col gap-3">
      <Field label="Note on the decision">
        <Textarea value={note} onChange={setNote} rows={2} />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" icon={Check} busy={busy} onClick={() => approve(asset, note, decided)}>
          Approve
        </Button>
        <Button icon={X} disabled={busy} onClick={() => reject(asset, note, decided)}>
          Reject
        </Button>
        {approval === 'draft' && (
          <Button
            variant="quiet"
            icon={Send}
            disabled={busy}
            onClick={() => update(asset, { approval: 'in_review' }, `The approval of ${asset.name} is asked for`)}
          >
            Ask for approval
          </Button>
        )}
        {approval === 'in_review' && (
          <Button
            variant="quiet"
            icon={Undo2}
            disabled={busy}
            onClick={() => update(asset, { approval: 'draft' }, `${asset.name} is worked on`)}
          >
            Back into work
          </Button>
        )}
      </div>
    </div>
  )
}

function Approval({ asset, mayWrite }: { asset: Asset; mayWrite: boolean }) {
  const { approval, approval_note: note, approver_name: by, decided_at: at } = asset
  return (
    <section aria-label="Approval" className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-semibold">Approval</h3>
        <ApprovalBadge approval={approval} />
        {by && at && (
          <span className="text-xs text-ink-3">
            {by} · <RelativeTime at={at} />
          </span>
        )}
      </div>
      {note && <p className="break-words whitespace-pre-wrap text-ink-2">{note}</p>}
      {mayWrite && <Decision key={asset.version} asset={asset} />}
    </section>
  )
}

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

function NewVersion({ asset }: { asset: Asset }) {
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
      <Field label="What is new">
        <Input value={note} onChange={setNote} autoComplete="off" />
      </Field>
      <DropZone
        compact
        icon={FileUp}
        label="File of the new version"
        drop="Drop a new version here"
        choose="Upload a new version"
        accept={ACCEPTED}
        onFiles={take}
        problem={mistake}
      >
        It starts as a draft. The versions before it stay.
      </DropZone>
      <UploadRows items={items} />
    </div>
  )
}

function Removal({ asset, open, onClose, onGone }: { asset: Asset; open: boolean; onClose: () => void; onGone: () => void }) {
  const { busy, remove } = useAssetChanges()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      size="small"
      title="Delete this asset?"
      description={`${asset.name} goes with all its versions, and nobody can download it any more. This cannot be undone.`}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" busy={busy} onClick={() => remove(asset, { onSuccess: onGone, onError: onClose })}>
            Delete
          </Button>
        </>
      }
    />
  )
}

interface DetailProps {
  detail: AssetDetail
  mayWrite: boolean
  onShow: (shown: Shown) => void
  onClose: () => void
}

function Detail({ detail: { asset, versions }, mayWrite, onShow, onClose }: DetailProps) {
  const [deleting, setDeleting] = useState(false)
  const available = asset.status === 'available'
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap gap-2">
        {isShown(asset) && (
          <Button icon={Eye} onClick={() => onShow(newestOf(asset))}>
            Preview
          </Button>
        )}
        {available && (
          <Button icon={Download} onClick={() => void saveFrom(newestOf(asset).address)}>
            Download
          </Button>
        )}
        {mayWrite && (
          <Button icon={Trash2} onClick={() => setDeleting(true)}>
            Delete
          </Button>
        )}
      </div>
      <ForRequirement asset={asset} mayWrite={mayWrite} />
      {mayWrite && <DetailsForm asset={asset} />}
      <Approval asset={asset} mayWrite={mayWrite} />
      {mayWrite && available && <NewVersion asset={asset} />}
      <section aria-label="Versions" className="border-t border-line pt-4">
        <h3 className="font-semibold">Versions</h3>
        <ul className="divide-y divide-line">
          {versions.map((version) => (
            <VersionRow key={version.number} asset={asset} version={version} onShow={onShow} />
          ))}
        </ul>
      </section>
      <Removal asset={asset} open={deleting} onClose={() => setDeleting(false)} onGone={onClose} />
    </div>
  )
}

/** An asset beside the grid: what it is for, whether it is approved, and its versions. */
export function AssetPanel({
  productId,
  assetId,
  mayWrite,
  onShow,
  onClose,
}: Omit<DetailProps, 'detail'> & { productId: string; assetId: string | undefined }) {
  const id = assetId ?? ''
  const query = useQuery({
    queryKey: keys.assets.one(productId, id),
    queryFn: () => assetGet({ id, product_id: productId }),
    enabled: assetId !== undefined,
  })
  return (
    <SidePanel open={assetId !== undefined} onClose={onClose} title={query.data?.asset.name ?? 'Asset'}>
      {query.isPending ? (
        <SkeletonLines lines={8} />
      ) : query.isError ? (
        asProblem(query.error).status === 404 ? (
          <EmptyState icon={FileQuestion} title="No such asset">
            It is deleted, or not yours to see.
          </EmptyState>
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <Detail key={id} detail={query.data} mayWrite={mayWrite} onShow={onShow} onClose={onClose} />
      )}
    </SidePanel>
  )
}
