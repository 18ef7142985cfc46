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
  title: 'Somebody changed this investor since',
  detail: 'Undoing would write over their change. Edit the investor instead.',
})

/** Says that an edit is saved, and offers to take it back as long as nobody else changed the investor. */
export function useTellSaved() {
  const stored = useStored()
  const undo = useMutation({
    mutationFn: ({ saved, before }: { saved: Investor; before: Investor }) =>
      investorUpdate(saved, patchOf(valuesOf(before), valuesOf(saved))),
    onSuccess: (restored, { before }) => {
      stored(restored)
      toast.done(`${before.name} is as it was`)
    },
    onError: (error) => toast.error('Not undone', error instanceof Problem && error.status === 412 ? CHANGED_SINCE : error),
  })
  return (saved: Investor, before?: Investor) => {
    const changed = before !== undefined && saved.version > before.version
    toast.done(`${saved.name} is saved`, changed ? { action: { label: 'Undo', run: () => undo.mutate({ saved, before }) } } : undefined)
  }
}
