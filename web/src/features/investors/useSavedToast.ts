import { useMutation } from '@tanstack/react-query'
import { investorUpdate } from '@/api/investors'
import { Problem } from '@/api/problem'
import type { Investor } from '@/api/types'
import { toast } from '@/ui/Toast'
import { useStored } from './useStored'
import { patchOf, valuesOf } from './values'

const CHANGED_SINCE = new Problem({
  status: 412,
  code: 'stale_version',
  title: 'Someone else has changed this investor',
  detail: 'Undoing would overwrite their change. Edit the investor instead.',
})

/** Confirms a saved edit, and offers to undo it unless someone else has changed the investor. */
export function useSavedToast() {
  const stored = useStored()
  const undo = useMutation({
    mutationFn: ({ saved, before }: { saved: Investor; before: Investor }) =>
      investorUpdate(saved, patchOf(valuesOf(before), valuesOf(saved))),
    onSuccess: (restored, { before }) => {
      stored(restored)
      toast.done(`Change to ${before.name} undone`)
    },
    onError: (error) => toast.error('Couldn’t undo the change', error instanceof Problem && error.status === 412 ? CHANGED_SINCE : error),
  })
  return (saved: Investor, before?: Investor) => {
    const changed = before !== undefined && saved.version > before.version
    toast.done(`${saved.name} saved`, changed ? { action: { label: 'Undo', run: () => undo.mutate({ saved, before }) } } : undefined)
  }
}
