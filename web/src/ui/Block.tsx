import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorState, SkeletonLines } from './states'

/** What a question brings as one block of a page that has several: each loads, fails and is tried again for itself. */
export function Block<T>({ query, lines, children }: { query: UseQueryResult<T>; lines: number; children: (data: T) => ReactNode }) {
  if (query.isPending) return <SkeletonLines lines={lines} />
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return children(query.data)
}
