import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import { roadmapList } from '@/api/milestones'

/** All products the user can see, by name, with their milestones by due date; reads all pages. */
export function useRoadmap() {
  const query = useInfiniteQuery({ queryKey: keys.milestones.roadmap, queryFn: ({ pageParam }) => roadmapList(pageParam), ...pages })
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage])
  const roadmap = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  return { query, roadmap }
}
