import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorState, SkeletonLines } from './states'

/** Renders a query as one block of several on a page: each loads, fails and retries independently. */
export function Block<T>({ query, lines, children }: { query: UseQueryResult<T>; lines: number; children: (data: T) => ReactNode }) {
  if (query.isPending) return <SkeletonLines lines={lines} />
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return children(query.data)
}
