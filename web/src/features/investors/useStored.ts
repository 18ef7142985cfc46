import { useMutation, useQueryClient } from '@tanstack/react-query'
import { investorDelete, investorRestore } from '@/api/investors'
import { keys } from '@/api/keys'
import type { Investor } from '@/api/types'
import { toast } from '@/ui/Toast'

/** Shows a newer version of an investor everywhere at once. */
export function useStored() {
  const client = useQueryClient()
  return (investor: Investor) => {
    client.setQueryData(keys.investors.one(investor.id), investor)
    void client.invalidateQueries({ queryKey: keys.investors.lists })
    void client.invalidateQueries({ queryKey: keys.investors.timelines(investor.id) })
  }
}

/** Deletes an investor with an undo, and restores one. */
export function useRemoval() {
  const stored = useStored()
  const { mutate: restore } = useMutation({
    mutationFn: (investor: Pick<Investor, 'id' | 'version'>) => investorRestore(investor),
    onSuccess: (restored) => {
      stored(restored)
      toast.done(`${restored.name} restored`)
    },
    onError: (error) => toast.error('Couldn’t restore the investor', error),
  })
  const { mutate: remove } = useMutation({
    mutationFn: (investor: Investor) => investorDelete(investor),
    onSuccess: (_gone, investor) => {
      const deleted = { ...investor, version: investor.version + 1, deleted_at: new Date().toISOString() }
      stored(deleted)
      toast.done(`${investor.name} deleted`, { action: { label: 'Undo', run: () => restore(deleted) } })
    },
    onError: (error) => toast.error('Couldn’t delete the investor', error),
  })
  return { remove, restore }
}
