import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { Requirement } from '@/api/types'
import { requirementTaskList } from '@/api/requirements'
import { humanize } from '@/api/words'
import { useTeam } from '@/shell/products/useProduct'
import { Avatar } from '@/ui/Avatar'
import { Badge, type Tone } from '@/ui/Badge'
import { LoadMore } from '@/ui/LoadMore'
import { Section } from '@/ui/PageHeader'
import { ErrorState, SkeletonLines } from '@/ui/states'

const TONES: Record<string, Tone> = { in_progress: 'blue', blocked: 'red', in_review: 'violet', done: 'green' }

/** Tasks for a requirement. */
export function RequirementTasks({ requirement: { id, product_id: productId } }: { requirement: Requirement }) {
  const { nameOf } = useTeam(productId)
  const query = useInfiniteQuery({
    queryKey: keys.tasks.ofRequirement(productId, id),
    queryFn: ({ pageParam }) => requirementTaskList({ id, product_id: productId }, pageParam),
    ...pages,
  })
  const tasks = query.data?.pages.flatMap((page) => page.items) ?? []
  const done = tasks.filter(({ status }) => status === 'done').length
  return (
    <Section title="Tasks" hint={tasks.length > 0 ? `${done} of ${tasks.length}${query.hasNextPage ? ' shown' : ''} done` : undefined}>
      {query.isPending ? (
        <SkeletonLines lines={3} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : tasks.length === 0 ? (
        <p className="text-ink-3">No tasks yet.</p>
      ) : (
        <>
          <ul aria-label="Tasks" className="-m-4 divide-y divide-line">
            {tasks.map((task) => {
              const assignee = nameOf(task.assignee_id)
              return (
                <li key={task.id} className="flex items-center gap-2 px-4 py-2.5">
                  <span className="shrink-0 font-mono text-xs text-ink-3">{task.reference}</span>
                  <Link
                    to="/products/$productId/tasks/$taskId"
                    params={{ productId, taskId: task.id }}
                    className="min-w-0 flex-1 truncate hover:text-accent hover:underline"
                  >
                    {task.title}
                  </Link>
                  {assignee && (
                    <span title={assignee} className="flex">
                      <Avatar name={assignee} size="small" />
                      <span className="sr-only">{assignee}</span>
                    </span>
                  )}
                  <Badge tone={TONES[task.status] ?? 'slate'}>{humanize(task.status)}</Badge>
                </li>
              )
            })}
          </ul>
          <LoadMore hasMore={query.hasNextPage} loading={query.isFetchingNextPage} onLoad={() => void query.fetchNextPage()} />
        </>
      )}
    </Section>
  )
}
