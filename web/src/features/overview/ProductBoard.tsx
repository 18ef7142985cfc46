import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { boardTop } from '@/api/board'
import { keys } from '@/api/keys'
import type { ProductCard } from '@/api/types'
import { useUsers } from '@/session/useUsers'
import { buttonClass } from '@/ui/Button'
import { Section } from '@/ui/PageHeader'
import { ErrorState } from '@/ui/states'
import { BoardStrip, PendingStrip } from './BoardStrip'

const SHOWN = 3

/** A product's board with the top cards of each column. */
export function ProductBoard({ product }: { product: ProductCard }) {
  const { users } = useUsers()
  const query = useQuery({ queryKey: keys.boards.top(product.id), queryFn: () => boardTop(product.id, SHOWN) })
  const full = (
    <Link to="/products/$productId/board" params={{ productId: product.id }} className={buttonClass('quiet')}>
      Full board
    </Link>
  )
  const limits: Record<string, number | null | undefined> = { ...query.data?.wip_limits }
  return (
    <Section title="Board" actions={full}>
      {query.isPending ? (
        <PendingStrip columns={5} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <BoardStrip
          columns={query.data.columns.map(({ status, count, items }) => ({ status, count, limit: limits[status], tasks: items }))}
          nameOf={(userId) => users.find(({ id }) => id === userId)?.name}
        />
      )}
    </Section>
  )
}
