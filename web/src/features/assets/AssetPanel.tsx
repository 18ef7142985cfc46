import { useQuery } from '@tanstack/react-query'
import { Download, Eye, FileQuestion, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { assetGet } from '@/api/assets'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Asset, AssetDetail } from '@/api/types'
import { isShown } from '@/shell/uploads/file'
import type { Shown } from '@/shell/uploads/Preview'
import { saveFrom } from '@/shell/uploads/useUploads'
import { Button } from '@/ui/Button'
import { Dialog, SidePanel } from '@/ui/Dialog'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { newestOf, useAssetChanges } from './useAssets'
import { Approval } from './Approval'
import { AssetForm } from './AssetForm'
import { AssetVersions, NewVersion } from './AssetVersions'
import { ForRequirement } from './ForRequirement'

function Removal({ asset, open, onClose, onGone }: { asset: Asset; open: boolean; onClose: () => void; onGone: () => void }) {
  const { busy, remove } = useAssetChanges()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      size="small"
      title="Delete this asset?"
      description={`${asset.name} is deleted with all its versions and can no longer be downloaded. This can’t be undone.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
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
      {mayWrite && <AssetForm asset={asset} />}
      <Approval asset={asset} mayWrite={mayWrite} />
      {mayWrite && available && <NewVersion asset={asset} />}
      <AssetVersions asset={asset} versions={versions} onShow={onShow} />
      <Removal asset={asset} open={deleting} onClose={() => setDeleting(false)} onGone={onClose} />
    </div>
  )
}

/** Side panel of an asset: its requirement, approval status and versions. */
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
          <EmptyState icon={FileQuestion} title="Asset not found">
            It was deleted, or you don’t have access to it.
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
