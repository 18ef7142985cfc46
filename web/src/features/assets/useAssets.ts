import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { assetApprove, assetCreate, assetDelete, assetDownload, assetGet, assetReject, assetUpdate, assetVersionCreate } from '@/api/assets'
import { keys } from '@/api/keys'
import type { Asset, AssetKind, AssetPatch, AssetVersion } from '@/api/types'
import type { Shown } from '@/shell/uploads/Preview'
import type { Target } from '@/shell/uploads/uploads'
import { toast } from '@/ui/Toast'

/** Invalidates a product's assets. */
export function useAssetsStale(): (productId: string) => void {
  const client = useQueryClient()
  return useCallback((productId: string) => void client.invalidateQueries({ queryKey: keys.assets.of(productId) }), [client])
}

interface AssetPlace {
  productId: string
  /** Uploads a new version of this asset; without it, a new asset. */
  assetId?: string
  /** Kind and requirement of a new asset. */
  kind?: AssetKind
  requirementId?: string
  /** Description of the new version. */
  note?: string
}

/** Upload target: a new asset, or the next version of one. */
export function useAssetTarget({ productId, assetId, kind, requirementId, note = '' }: AssetPlace): Target {
  const stale = useAssetsStale()
  const notePart = note.trim() === '' ? {} : { note }
  return {
    places: [assetId ? `assets/${assetId}` : `products/${productId}`],
    announce: async (file, key) => {
      if (assetId) {
        const { number, upload } = await assetVersionCreate({ id: assetId, product_id: productId }, { ...file, ...notePart }, key)
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
    onChange: () => stale(productId),
  }
}

/** A version to preview; for the asset itself, the newest available one. */
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
  /** Title of the success toast. */
  title: string
  send: () => Promise<unknown>
}

/** Runs after a change succeeds or fails. */
interface Then {
  onSuccess?: () => void
  onError?: () => void
}

/** Changes to an asset; each reports its result, and reloads the asset if someone else changed it first. */
export function useAssetChanges() {
  const stale = useAssetsStale()
  const { isPending, mutate } = useMutation({
    mutationFn: ({ send }: Change) => send(),
    onSuccess: (_saved, { title }) => toast.done(title),
    onError: (error) => toast.error('Couldn’t save the change', error),
    onSettled: (_saved, _error, { asset }) => stale(asset.product_id),
  })
  const apply = (asset: Asset, title: string, send: () => Promise<unknown>, then?: Then) => {
    if (!isPending) mutate({ asset, title, send }, then)
  }
  return {
    busy: isPending,
    update: (asset: Asset, patch: AssetPatch, title: string) => apply(asset, title, () => assetUpdate(asset, patch)),
    approve: (asset: Asset, note: string, then: Then) =>
      apply(asset, `${asset.name} approved`, () => assetApprove(asset, note.trim() || undefined), then),
    reject: (asset: Asset, note: string, then: Then) =>
      apply(asset, `${asset.name} rejected`, () => assetReject(asset, note.trim() || undefined), then),
    remove: (asset: Asset, then: Then) => apply(asset, `${asset.name} deleted`, () => assetDelete(asset), then),
  }
}
