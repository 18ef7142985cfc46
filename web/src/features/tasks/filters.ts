import { useMemo } from 'react'
import { PRIORITIES, options } from '@/api/words'
import { useTeam } from '@/shell/products/useProduct'
import type { Filter } from '@/ui/FilterChips'
import { useNames } from './useNames'

export type TaskFilterKey = 'assignee' | 'requirement' | 'milestone' | 'label' | 'priority'

/** The filter chips for tasks. The API has no list of labels: offers those of the loaded tasks, and always the selected one. */
export function useTaskFilters(productId: string, labels: readonly string[], chosen: string | undefined): Filter<TaskFilterKey>[] {
  const { people } = useTeam(productId)
  const { requirements, milestones } = useNames(productId)
  return useMemo(() => {
    const known = [...new Set([...(chosen ? [chosen] : []), ...labels])].sort((a, b) => a.localeCompare(b))
    const assignees = [...people.map(({ user_id: value, name: label }) => ({ value, label })), { value: 'none', label: 'Unassigned' }]
    return [
      { key: 'assignee' as const, label: 'Assignee', options: assignees },
      { key: 'priority' as const, label: 'Priority', options: options(PRIORITIES) },
      { key: 'requirement' as const, label: 'Requirement', options: requirements },
      { key: 'milestone' as const, label: 'Milestone', options: milestones },
      { key: 'label' as const, label: 'Label', options: known.map((value) => ({ value, label: value })) },
    ].filter((filter) => filter.options.length > 0)
  }, [people, requirements, milestones, labels, chosen])
}
