import { Link } from '@tanstack/react-router'
import type { TaskStatus } from '@/api/types'
import { useMyTasks } from '@/shell/products/useMyTasks'
import { buttonClass } from '@/ui/Button'
import { Section } from '@/ui/PageHeader'
import { ErrorState } from '@/ui/states'
import { BoardStrip, PendingStrip } from './BoardStrip'

const UNFINISHED: readonly TaskStatus[] = ['open', 'in_progress', 'blocked', 'in_review']
const SHOWN = 4

/** The user's own tasks in all products, by status. */
export function MyBoard() {
  const { query, tasks } = useMyTasks()
  const columns = UNFINISHED.map((status) => {
    const own = tasks.filter((task) => task.status === status)
    return { status, count: own.length, tasks: own.slice(0, SHOWN) }
  })
  return (
    <Section
      title="My board"
      hint="Unfinished tasks assigned to you in all products."
      actions={
        <Link to="/tasks" className={buttonClass('quiet')}>
          My tasks
        </Link>
      }
    >
      {query.isPending ? (
        <PendingStrip columns={4} />
      ) : query.isError && tasks.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <>
          <BoardStrip mine columns={columns} />
          {query.hasNextPage && <p className="pt-3 text-xs text-ink-3">Of the {tasks.length} due first.</p>}
        </>
      )}
    </Section>
  )
}
