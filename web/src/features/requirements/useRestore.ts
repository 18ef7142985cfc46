import { useMutation } from '@tanstack/react-query'
import { Problem } from '@/api/problem'
import type { Requirement } from '@/api/types'
import { requirementGet, requirementRestore } from '@/api/requirements'
import { toast } from '@/ui/Toast'
import { useStoredRequirement } from './useStored'

interface Step {
  /** The version that becomes the newest again. */
  version: number
  from: Requirement
  mayUndo: boolean
}

/** Makes what an old version said the newest version, with an undo: the version before it becomes the newest in turn. */
export function useRestore(requirement: Requirement) {
  const stored = useStoredRequirement()
  const { isPending, mutate } = useMutation({
    mutationFn: ({ from, version }: Step) => requirementRestore(from, version),
    onSuccess: (saved, { from, version, mayUndo }) => {
      stored(saved)
      if (saved.version === from.version) toast.info(`Version ${version} says what ${saved.reference} says now`)
      else if (mayUndo)
        toast.done(`${saved.reference} says again what version ${version} said`, {
          action: { label: 'Undo', run: () => mutate({ version: from.version, from: saved, mayUndo: false }) },
        })
      else toast.done(`${saved.reference} is as it was`)
    },
    onError: async (error) => {
      toast.error('Not restored', error)
      if (error instanceof Problem && error.status === 412) stored(await requirementGet(requirement))
    },
  })
  return {
    busy: isPending,
    restore: (version: number, onRestored?: () => void) => mutate({ version, from: requirement, mayUndo: true }, { onSuccess: onRestored }),
  }
}
