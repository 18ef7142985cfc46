import { useState } from 'react'
import { Problem } from '@/api/problem'
import type { Requirement } from '@/api/types'
import { requirementGet, requirementRestore } from '@/api/requirements'
import { toast } from '@/ui/Toast'
import { useStoredRequirement } from './useStored'

/** Restores an old version as the newest one, with an undo that restores the previous version in turn. */
export function useRestore(requirement: Requirement) {
  const stored = useStoredRequirement()
  const [busy, setBusy] = useState(false)
  const restore = async (version: number, from = requirement, undo = true): Promise<boolean> => {
    setBusy(true)
    try {
      const saved = await requirementRestore(from, version)
      stored(saved)
      if (saved.version === from.version) toast.info(`${saved.reference} already matches version ${version}`)
      else if (undo)
        toast.done(`Version ${version} of ${saved.reference} restored`, {
          action: { label: 'Undo', run: () => void restore(from.version, saved, false) },
        })
      else toast.done(`Change to ${saved.reference} undone`)
      return true
    } catch (error) {
      if (error instanceof Problem && error.status === 412) stored(await requirementGet(requirement))
      toast.error('Couldn’t restore the version', error)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { busy, restore: (version: number) => restore(version) }
}
