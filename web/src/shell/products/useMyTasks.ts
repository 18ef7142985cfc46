import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import { taskListMine } from '@/api/tasks'

/** The signed-in user's unfinished tasks in all products, earliest due first. */
export function useMyTasks(enabled = true) {
  const query = useInfiniteQuery({ queryKey: keys.tasks.mine, queryFn: ({ pageParam }) => taskListMine(pageParam), ...pages, enabled })
  const tasks = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  return { query, tasks }
}
