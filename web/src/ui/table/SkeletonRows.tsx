import { cx } from '@/lib/cx'
import { Loading, Skeleton } from '../states'

const SKELETONS = 12

export function SkeletonRows({
  columns,
  phone,
  count = SKELETONS,
}: {
  columns: readonly { id: string }[]
  phone: boolean
  count?: number
}) {
  return (
    <Loading label="Loading the list">
      {Array.from({ length: count }, (_, row) => (
        <div key={row} className={cx('flex items-center gap-6 border-b border-line px-4 md:px-6', phone ? 'h-17' : 'h-10')}>
          {(phone ? columns.slice(0, 1) : columns).map((column, index) => (
            <span key={column.id} className="flex-1">
              <Skeleton className={cx('h-3', index === 0 ? 'w-2/3' : 'w-1/2')} />
            </span>
          ))}
        </div>
      ))}
    </Loading>
  )
}
