import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { keys } from '@/api/keys'
import type { Milestone } from '@/api/types'
import { milestoneUpdate } from '@/api/milestones'
import { toast } from '@/ui/Toast'
import { patchOf, valuesOf } from './values'

/** Invalidates a product's milestones and the roadmap. */
export function useMilestonesStale() {
  const client = useQueryClient()
  return useCallback(
    (productId: string) => {
      void client.invalidateQueries({ queryKey: keys.milestones.of(productId) })
      void client.invalidateQueries({ queryKey: keys.milestones.roadmap })
    },
    [client],
  )
}

/** Confirms a saved edit, and offers to undo it unless someone else has changed the milestone. */
export function useSavedToast() {
  const stale = useMilestonesStale()
  const undo = useMutation({
    mutationFn: ({ saved, before }: { saved: Milestone; before: Milestone }) =>
      milestoneUpdate(saved, patchOf(valuesOf(before), valuesOf(saved))),
    onSuccess: (_saved, { before }) => toast.done(`Change to ${before.name} undone`),
    onError: (error) => toast.error('Couldn’t undo the change', error),
    onSettled: (_saved, _error, { saved }) => stale(saved.product_id),
  })
  return (saved: Milestone, before?: Milestone) => {
    stale(saved.product_id)
    const title = before
      ? saved.status === 'reached' && before.status === 'open'
        ? `${saved.name} reached`
        : `${saved.name} saved`
      : `${saved.name} created`
    toast.done(title, before && { action: { label: 'Undo', run: () => undo.mutate({ saved, before }) } })
  }
}
