import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowRight, ChevronDown, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { auditList } from '@/api/audit'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { AuditRecord, Task } from '@/api/types'
import { useTeam } from '@/shell/products/useProduct'
import { LoadMore } from '@/ui/LoadMore'
import { RelativeTime } from '@/ui/RelativeTime'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { useNames } from '../useNames'
import { deed, fieldWord, isShort, shownChanges, valueWords } from '../words'

function Line({ record, nameOf }: { record: AuditRecord; nameOf: (id: string) => string | undefined }) {
  const changes = record.action === 'task_create' ? [] : shownChanges(record).filter(isShort)
  return (
    <li className="flex flex-col gap-0.5 border-l-2 border-line py-1 pl-3">
      <p>
        <span className="font-medium">{record.actor_name}</span> <span className="text-ink-2">{deed(record)}</span>{' '}
        <RelativeTime at={record.at} className="text-xs text-ink-3" />
      </p>
      {changes.map(({ field, before, after }) => (
        <p key={field} className="flex flex-wrap items-center gap-x-1.5 text-xs text-ink-2">
          <span className="text-ink-3">{fieldWord(field)}</span>
          <span>{valueWords(field, before, nameOf) ?? 'none'}</span>
          <ArrowRight className="size-3 shrink-0 text-ink-3" aria-label="became" />
          <span>{valueWords(field, after, nameOf) ?? 'none'}</span>
        </p>
      ))}
    </li>
  )
}

function Lines({ task }: { task: Task }) {
  const team = useTeam(task.product_id)
  const names = useNames(task.product_id)
  const query = useInfiniteQuery({
    queryKey: keys.tasks.history(task.product_id, task.id),
    queryFn: ({ pageParam }) => auditList({ entity_type: 'task', entity_id: task.id }, pageParam),
    ...pages,
  })
  if (query.isPending) return <SkeletonLines lines={4} />
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  const nameOf = (id: string) => team.nameOf(id) ?? names.nameOf(id)
  return (
    <>
      <ol className="flex flex-col gap-2">
        {query.data.pages
          .flatMap((page) => page.items)
          .map((record) => (
            <Line key={record.id} record={record} nameOf={nameOf} />
          ))}
      </ol>
      <LoadMore hasMore={query.hasNextPage} loading={query.isFetchingNextPage} onLoad={() => void query.fetchNextPage()} />
    </>
  )
}

/** History of a task, newest first. */
export function History({ task }: { task: Task }) {
  const [open, setOpen] = useState(false)
  const Arrow = open ? ChevronDown : ChevronRight
  return (
    <section aria-label="History" className="flex flex-col gap-2">
      <h3>
        <button
          type="button"
          aria-expanded={open}
          className="-ml-1 flex h-8 items-center gap-1 rounded-md pr-2 font-semibold hover:bg-hover max-md:h-11"
          onClick={() => setOpen(!open)}
        >
          <Arrow className="size-4 text-ink-3" aria-hidden />
          History
        </button>
      </h3>
      {open && <Lines task={task} />}
    </section>
  )
}
