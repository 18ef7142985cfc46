import { Link } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import type { Asset } from '@/api/types'
import { useRequirements } from '@/shell/products/useRequirements'
import { SuspectBadge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { useAssetChanges } from './useAssets'

/** The requirement an asset was made for; if it has changed since, someone must confirm that the asset still fits. */
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
        <span>{suspect ? 'a deleted requirement' : 'a requirement'}</span>
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
              onClick={() =>
                update(asset, { requirement_id: id }, `${asset.name} confirmed for the current version of ${requirement.reference}`)
              }
            >
              Confirm
            </Button>
          )}
        </>
      )}
    </div>
  )
}
