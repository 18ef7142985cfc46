import { Loading, Skeleton } from '@/ui/states'
import { STATUSES } from './place'

export function BoardSkeleton({ phone }: { phone: boolean }) {
  return (
    <Loading label="Loading the board">
      <div className="grid gap-2 px-4 py-3 md:grid-cols-5 md:px-6">
        {(phone ? STATUSES.slice(0, 1) : STATUSES).map((status, column) => (
          <div key={status} className="flex flex-col gap-2 rounded-lg bg-canvas p-2 dark:bg-sunken">
            <Skeleton className="m-1 h-3 w-20" />
            {Array.from({ length: 5 - column }, (_, card) => (
              <div key={card} className="flex flex-col gap-2 rounded-md border border-line bg-surface p-2.5">
                <Skeleton className="h-2.5 w-12" />
                <Skeleton className="h-3 w-full" />
                <Skeleton className="h-3 w-2/3" />
              </div>
            ))}
          </div>
        ))}
      </div>
    </Loading>
  )
}
