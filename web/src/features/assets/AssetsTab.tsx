import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { FileUp, Images } from 'lucide-react'
import { useState } from 'react'
import { assetList } from '@/api/assets'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { Asset, AssetKind } from '@/api/types'
import { ASSET_KINDS, options } from '@/api/words'
import { formatSize } from '@/lib/size'
import { useStore } from '@/lib/store'
import { usePhone } from '@/lib/usePhone'
import { useProductCan } from '@/session/productAccess'
import { ExportButton } from '@/shell/ExportButton'
import { useLoadedProduct } from '@/shell/products/useProduct'
import { useRequirements } from '@/shell/products/useRequirements'
import { ACCEPTED, MAX_BYTES } from '@/shell/uploads/file'
import { Preview, type Shown } from '@/shell/uploads/Preview'
import { UploadRows } from '@/shell/uploads/UploadRows'
import { uploads } from '@/shell/uploads/uploads'
import { useSendFiles, useUploads } from '@/shell/uploads/useUploads'
import { useChange } from '@/shell/useChange'
import { ApprovalBadge, DocumentBadge, SuspectBadge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { DropZone } from '@/ui/DropZone'
import { Field } from '@/ui/Field'
import { FilterChips } from '@/ui/FilterChips'
import { Select } from '@/ui/inputs'
import { LoadMore } from '@/ui/LoadMore'
import { RelativeTime } from '@/ui/RelativeTime'
import { SearchInput } from '@/ui/SearchInput'
import { EmptyState, ErrorState, Loading, Skeleton } from '@/ui/states'
import { AssetPanel } from './AssetPanel'
import { Picture } from './Picture'
import type { AssetsSearch } from './routes'
import { useAssetTarget } from './useAssets'

export const Route = createLazyRoute('/shell/products/$productId/assets')({ component: AssetsTab })
const route = getRouteApi('/shell/products/$productId/assets')

const GRID = 'grid grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-4 max-md:grid-cols-2 max-md:gap-3'

function Upload({ productId, requirementId }: { productId: string; requirementId: string | undefined }) {
  const [mistake, setMistake] = useState<string>()
  const [kind, setKind] = useState<AssetKind>('mockup')
  const [chosen, setChosen] = useState('')
  const { requirements, loading } = useRequirements(productId)
  const requirement = requirementId ?? chosen
  const send = useSendFiles(useAssetTarget({ productId, kind, requirementId: requirement }))
  const items = useUploads(`products/${productId}`)
  return (
    <div className="flex flex-col gap-3">
      <div className="grid gap-3 md:grid-cols-[200px_minmax(0,1fr)]">
        <div className="flex flex-col gap-3">
          <Field label="Asset kind" required>
            <Select value={kind} onChange={setKind} options={options(ASSET_KINDS)} />
          </Field>
          {!requirementId && (
            <Field label="For requirement">
              <Combobox
                value={chosen}
                onChange={setChosen}
                options={requirements.map(({ id, reference, title }) => ({ value: id, label: `${reference} ${title}` }))}
                loading={loading}
                clearLabel="None"
                placeholder="None"
              />
            </Field>
          )}
        </div>
        <DropZone
          compact
          multiple
          icon={FileUp}
          label="Files"
          drop="Drop files here"
          choose="Upload files"
          accept={ACCEPTED}
          onFiles={(files) => setMistake(send(files))}
          problem={mistake}
        >
          Images, PDF, Word, Excel, PowerPoint, CSV or text; up to {formatSize(MAX_BYTES)} each.
        </DropZone>
      </div>
      <UploadRows items={items} />
    </div>
  )
}

function State({ asset }: { asset: Asset }) {
  if (asset.status !== 'available') return <DocumentBadge status={asset.status} />
  return <ApprovalBadge approval={asset.approval} />
}

function Card({ asset, reference, onOpen }: { asset: Asset; reference: string | undefined; onOpen: () => void }) {
  return (
    <li>
      <button
        type="button"
        aria-label={asset.name}
        className="flex w-full flex-col gap-2 rounded-lg border border-line bg-surface p-2 text-left transition-colors hover:border-line-strong"
        onClick={onOpen}
      >
        <Picture asset={asset} />
        <span className="block min-w-0 px-1">
          <span className="block truncate font-medium" title={asset.name}>
            {asset.name}
          </span>
          <span className="block truncate text-xs text-ink-3">
            {ASSET_KINDS[asset.kind]} · Version {asset.file_version}
          </span>
          <span className="block truncate text-xs text-ink-3">
            {reference ? <span className="font-mono">{reference}</span> : asset.created_by_name} · <RelativeTime at={asset.updated_at} />
          </span>
        </span>
        <span className="flex min-h-5 flex-wrap gap-1 px-1 pb-1">
          <State asset={asset} />
          {asset.requirement_suspect && <SuspectBadge />}
        </span>
      </button>
    </li>
  )
}

function Cards() {
  return (
    <Loading label="Loading assets">
      <div className={GRID}>
        {[0, 1, 2, 3].map((card) => (
          <div key={card} className="flex flex-col gap-2 rounded-lg border border-line p-2">
            <Skeleton className="aspect-4/3 w-full" />
            <Skeleton className="h-3 w-2/3" />
            <Skeleton className="h-3 w-1/2" />
          </div>
        ))}
      </div>
    </Loading>
  )
}

function Empty({ filtered, mayWrite, onClear }: { filtered: boolean; mayWrite: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <EmptyState icon={Images} title="No matching assets" action={<Button onClick={onClear}>Clear filters</Button>}>
        No assets match this name and requirement.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={Images} title="No assets yet">
      {mayWrite
        ? 'Upload mock-ups, drawings and specifications. Each has versions and an approval status.'
        : 'Mock-ups, drawings and specifications appear here.'}
    </EmptyState>
  )
}

function AssetsTab() {
  const product = useLoadedProduct()
  const may = useProductCan(product)
  const mayWrite = may('asset_write')
  const search = route.useSearch()
  const phone = usePhone()
  const [uploading, setUploading] = useState(false)
  const [shown, setShown] = useState<Shown>()
  const { requirements } = useRequirements(product.id)
  const change = useChange<AssetsSearch>(['asset'])
  const filters = { text: search.text, requirement_id: search.requirement }
  const list = useInfiniteQuery({
    queryKey: keys.assets.list(product.id, filters),
    queryFn: ({ pageParam }) => assetList(product.id, filters, pageParam),
    ...pages,
  })
  const underWay = new Set(useStore(uploads).map(({ made }) => made?.id))
  // Uploads in progress are shown above with their progress.
  const assets = (list.data?.pages.flatMap((page) => page.items) ?? []).filter(
    ({ id, status }) => status !== 'awaiting_upload' || !underWay.has(id),
  )
  const filtered = search.text !== undefined || search.requirement !== undefined
  const named = requirements.map(({ id, reference, title }) => ({ value: id, label: `${reference} ${title}` }))
  return (
    <div className="flex flex-col gap-4 p-4 md:p-6">
      {mayWrite && phone && !uploading && (
        <Button icon={FileUp} onClick={() => setUploading(true)}>
          Upload files
        </Button>
      )}
      {mayWrite && (!phone || uploading) && <Upload productId={product.id} requirementId={search.requirement} />}
      <div className="flex flex-wrap items-center gap-2">
        <SearchInput
          label="Find assets"
          value={search.text ?? ''}
          onChange={(text) => change({ text: text || undefined })}
          className="w-60 max-md:w-full"
        />
        {named.length > 0 && (
          <FilterChips
            filters={[{ key: 'requirement', label: 'Requirement', options: named }]}
            values={search}
            onChange={(changes) => change(changes as Partial<AssetsSearch>)}
          />
        )}
        {assets.length > 0 && (
          <span className="ml-auto">
            <ExportButton path={`/api/exports/products/${product.id}/assets`} filters={filters} name="assets" action="product_export" />
          </span>
        )}
      </div>
      {list.isPending ? (
        <Cards />
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : assets.length === 0 && !list.hasNextPage ? (
        <Empty filtered={filtered} mayWrite={mayWrite} onClear={() => change({ text: undefined, requirement: undefined })} />
      ) : (
        <>
          <ul aria-label="Assets" className={GRID}>
            {assets.map((asset) => (
              <Card
                key={asset.id}
                asset={asset}
                reference={requirements.find(({ id }) => id === asset.requirement_id)?.reference}
                onOpen={() => change({ asset: asset.id })}
              />
            ))}
          </ul>
          <LoadMore hasMore={list.hasNextPage} loading={list.isFetchingNextPage} onLoad={() => void list.fetchNextPage()} />
        </>
      )}
      <AssetPanel
        productId={product.id}
        assetId={search.asset}
        mayWrite={mayWrite}
        onShow={setShown}
        onClose={() => change({ asset: undefined })}
      />
      <Preview shown={shown} onClose={() => setShown(undefined)} />
    </div>
  )
}
