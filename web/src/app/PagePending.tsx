import { SkeletonLines } from '@/ui/states'

/** Placeholder while a page's code loads. */
export function PagePending() {
  return (
    <div className="p-6">
      <SkeletonLines lines={6} />
    </div>
  )
}
