import { SkeletonLines } from '@/ui/states'

/** Stands in while a page's code is on its way. */
export function PagePending() {
  return (
    <div className="p-6">
      <SkeletonLines lines={6} />
    </div>
  )
}
