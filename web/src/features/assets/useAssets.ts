import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { assetApprove, assetCreate, assetDelete, assetDownload, assetGet, assetReject, assetUpdate, assetVersionCreate } from '@/api/assets'
import { keys } from '@/api/keys'
import type { Asset, AssetKind, AssetPatch, AssetVersion } from '@/api/types'
import type { Shown } from '@/shell/uploads/Preview'
import type { Target } from '@/shell/uploads/uploads'
import { toast } from '@/ui/Toast'

/** Has the assets of a product read again. */
export function useAssetsStale(): (productId: string) => void {
  const client = useQueryClient()
  return useCallback((productId: string) => void client.invalidateQueries({ queryKey: keys.assets.of(productId) }), [client])
}

interface AssetPlace {
  productId: string
  /** A new version of this one; without it, a new asset. */
  assetId?: string
  /** What a new asset is, and for which requirement. */
  kind?: AssetKind
  requirementId?: string
  /** What is new in a version. */
  note?: string
}

/** Where a file goes: a new asset, or the next version of one. */
export function useAssetTarget({ productId, assetId, kind, requirementId, note = '' }: AssetPlace): Target {
  const stale = useAssetsStale()
  const said = note.trim() === '' ? {} : { note }
  return {
    places: [assetId ? `assets/${assetId}` : `products/${productId}`],
    announce: async (file, key) => {
      if (assetId) {
        const { number, upload } = await assetVersionCreate({ id: assetId, product_id: productId }, { ...file, ...said }, key)
        return { id: assetId, number, upload }
      }
      const { asset, number, upload } = await assetCreate(
        productId,
        { ...file, ...(kind ? { kind } : {}), ...(requirementId ? { requirement_id: requirementId } : {}) },
        key,
      )
      return { id: asset.id, number, upload, discard: () => assetDelete(asset) }
    },
    detail: (id) => ({ queryKey: keys.assets.one(productId, id), queryFn: () => assetGet({ id, product_id: productId }) }),
    tell: () => stale(productId),
  }
}

/** A version's file as it is shown; the asset itself stands for its newest available one. */
export function shownOf(
  asset: Pick<Asset, 'id' | 'product_id' | 'name'>,
  { number, content_type: type }: Pick<AssetVersion, 'number' | 'content_type'>,
): Shown {
  return { key: `${asset.id}/${number}`, title: asset.name, type, address: (disposition) => assetDownload(asset, number, disposition) }
}

export function newestOf(asset: Asset): Shown {
  return shownOf(asset, { number: asset.file_version, content_type: asset.content_type })
}

interface Change {
  asset: Asset
  /** What is said when it is done. */
  title: string
  send: () => Promise<unknown>
}

/** What is done once a change went through, or once it was refused. */
interface Then {
  onSuccess?: () => void
  onError?: () => void
}

/** Changes of an asset; each says what it did, and has what others did read again when they were faster. */
export function useAssetChanges() {
  const stale = useAssetsStale()
  const { isPending, mutate } = useMutation({
    mutationFn: ({ send }: Change) => send(),
    onSuccess: (_saved, { title }) => toast.done(title),
    onError: (error) => toast.error('Not changed', error),
    onSettled: (_saved, _error, { asset }) => stale(asset.product_id),
  })
  const apply = (asset: Asset, title: string, send: () => Promise<unknown>, then?: Then) => {
    if (!isPending) mutate({ asset, title, send }, then)
  }
  return {
    busy: isPending,
    update: (asset: Asset, patch: AssetPatch, title: string) => apply(asset, title, () => assetUpdate(asset, patch)),
    approve: (asset: Asset, note: string, then: Then) =>
      apply(asset, `${asset.name} is approved`, () => assetApprove(asset, note.trim() || undefined), then),
    reject: (asset: Asset, note: string, then: Then) =>
      apply(asset, `${asset.name} is rejected`, () => assetReject(asset, note.trim() || undefined), then),
    remove: (asset: Asset, then: Then) => apply(asset, `${asset.name} is deleted`, () => assetDelete(asset), then),
  }
}
