import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { keys } from '@/api/keys'
import type { Requirement } from '@/api/types'
import { requirementUpdate } from '@/api/requirements'
import { toast } from '@/ui/Toast'
import { patchOf, valuesOf } from './values'

/** Invalidates a product's requirement lists and everything that counts them. */
export function useRequirementsStale() {
  const client = useQueryClient()
  return useCallback(
    (productId: string) => {
      void client.invalidateQueries({ queryKey: keys.requirements.of(productId) })
      void client.invalidateQueries({ queryKey: keys.milestones.of(productId) })
    },
    [client],
  )
}

/** Shows a newer version of a requirement everywhere at once. */
export function useStoredRequirement() {
  const client = useQueryClient()
  const stale = useRequirementsStale()
  return useCallback(
    (requirement: Requirement) => {
      client.setQueryData(keys.requirements.one(requirement.product_id, requirement.id), requirement)
      stale(requirement.product_id)
    },
    [client, stale],
  )
}

/** Confirms a saved edit, and offers to undo it unless someone else has changed the requirement. */
export function useSavedToast() {
  const stored = useStoredRequirement()
  const undo = useMutation({
    mutationFn: ({ saved, before }: { saved: Requirement; before: Requirement }) =>
      requirementUpdate(saved, patchOf(valuesOf(before), valuesOf(saved))),
    onSuccess: (restored, { before }) => {
      stored(restored)
      toast.done(`Change to ${before.reference} undone`)
    },
    onError: (error) => toast.error('Couldn’t undo the change', error),
  })
  return (saved: Requirement, before?: Requirement) => {
    const changed = before !== undefined && saved.version > before.version
    toast.done(`${saved.reference} saved`, changed ? { action: { label: 'Undo', run: () => undo.mutate({ saved, before }) } } : undefined)
  }
}
