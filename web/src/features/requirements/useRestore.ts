import { useMutation } from '@tanstack/react-query'
import { Problem } from '@/api/problem'
import type { Requirement } from '@/api/types'
import { requirementGet, requirementRestore } from '@/api/requirements'
import { toast } from '@/ui/Toast'
import { useStoredRequirement } from './useStored'

interface Step {
  /** The version to restore as the newest. */
  version: number
  from: Requirement
  mayUndo: boolean
}

/** Restores an old version as the newest one, with an undo that restores the previous version in turn. */
export function useRestore(requirement: Requirement) {
  const stored = useStoredRequirement()
  const { isPending, mutate } = useMutation({
    mutationFn: ({ from, version }: Step) => requirementRestore(from, version),
    onSuccess: (saved, { from, version, mayUndo }) => {
      stored(saved)
      if (saved.version === from.version) toast.info(`${saved.reference} already matches version ${version}`)
      else if (mayUndo)
        toast.done(`Version ${version} of ${saved.reference} restored`, {
          action: { label: 'Undo', run: () => mutate({ version: from.version, from: saved, mayUndo: false }) },
        })
      else toast.done(`Change to ${saved.reference} undone`)
    },
    onError: async (error) => {
      toast.error('Couldn’t restore the version', error)
      if (error instanceof Problem && error.status === 412) stored(await requirementGet(requirement))
    },
  })
  return {
    busy: isPending,
    restore: (version: number, onRestored?: () => void) => mutate({ version, from: requirement, mayUndo: true }, { onSuccess: onRestored }),
  }
}
