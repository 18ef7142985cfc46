import { api, ifMatch, once, paged, unwrap } from './client'
import type { Asset, AssetDetail, AssetPatch, AssetUpload, FileDownload, Filters, NewAsset, NewAssetVersion, Page } from './types'

export type AssetFilters = Filters<'asset_list'>
type Placed = Pick<Asset, 'id' | 'product_id'>
type Versioned = Placed & Pick<Asset, 'version'>

const one = ({ id, product_id }: Placed) => ({ path: { product_id, asset_id: id } })

export function assetList(productId: string, filters: AssetFilters = {}, cursor?: string | null): Promise<Page<Asset>> {
  const params = { path: { product_id: productId }, query: paged(filters, cursor) }
  return unwrap(api.GET('/api/products/{product_id}/assets', { params }))
}

export function assetCreate(productId: string, body: NewAsset, key?: string): Promise<AssetUpload> {
  const params = { path: { product_id: productId } }
  return unwrap(api.POST('/api/products/{product_id}/assets', { params, body, ...once(key) }))
}

export function assetGet(asset: Placed): Promise<AssetDetail> {
  return unwrap(api.GET('/api/products/{product_id}/assets/{asset_id}', { params: one(asset) }))
}

export function assetUpdate(asset: Versioned, body: AssetPatch): Promise<Asset> {
  return unwrap(api.PATCH('/api/products/{product_id}/assets/{asset_id}', { params: one(asset), body, ...ifMatch(asset) }))
}

export function assetDelete(asset: Versioned): Promise<void> {
  return unwrap(api.DELETE('/api/products/{product_id}/assets/{asset_id}', { params: one(asset), ...ifMatch(asset) }))
}

export function assetVersionCreate(asset: Placed, body: NewAssetVersion, key?: string): Promise<AssetUpload> {
  return unwrap(api.POST('/api/products/{product_id}/assets/{asset_id}/versions', { params: one(asset), body, ...once(key) }))
}

export function assetApprove(asset: Versioned, note?: string): Promise<Asset> {
  return unwrap(
    api.POST('/api/products/{product_id}/assets/{asset_id}/approve', {
      params: one(asset),
      body: { note },
      headers: { ...once().headers, ...ifMatch(asset).headers },
    }),
  )
}

export function assetReject(asset: Versioned, note?: string): Promise<Asset> {
  return unwrap(
    api.POST('/api/products/{product_id}/assets/{asset_id}/reject', {
      params: one(asset),
      body: { note },
      headers: { ...once().headers, ...ifMatch(asset).headers },
    }),
  )
}

/** A short-lived URL for a version's file; every call is recorded. */
export function assetDownload({ id, product_id }: Placed, number: number, disposition: 'attachment' | 'inline'): Promise<FileDownload> {
  const params = { path: { product_id, asset_id: id, number }, query: { disposition } }
  return unwrap(api.POST('/api/products/{product_id}/assets/{asset_id}/versions/{number}/download', { params }))
}
