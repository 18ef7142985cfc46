import { useQuery } from '@tanstack/react-query'
import { RotateCcw } from 'lucide-react'
import { useMemo } from 'react'
import { keys } from '@/api/keys'
import type { Requirement } from '@/api/types'
import { requirementCompare } from '@/api/requirements'
import { useMilestones, useRequirements } from '@/shell/products/useRequirements'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Select } from '@/ui/inputs'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { Changes, namesOf } from './Changes'
import { useRestore } from './useRestore'

interface CompareProps {
  requirement: Pick<Requirement, 'id' | 'product_id'>
  from: number
  to: number
}

/** The differences between two versions of a requirement. */
export function Comparison({ requirement, from, to }: CompareProps) {
  const { requirements } = useRequirements(requirement.product_id)
  const { data: milestones } = useMilestones(requirement.product_id)
  const names = useMemo(() => namesOf(requirements, milestones ?? []), [requirements, milestones])
  const query = useQuery({
    queryKey: keys.requirements.compare(requirement.product_id, requirement.id, from, to),
    queryFn: () => requirementCompare(requirement, from, to),
    // Versions never change.
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (query.isPending) return <SkeletonLines lines={5} />
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return <Changes changes={query.data.changes} names={names} />
}

interface CompareDialogProps {
  requirement: Requirement
  /** Both from the URL; without one of them the dialog is closed. */
  from: number | undefined
  to: number | undefined
  mayRestore: boolean
  onChange: (from: number | undefined, to: number | undefined) => void
}

export function CompareDialog({ requirement, from, to, mayRestore, onChange }: CompareDialogProps) {
  const { busy, restore } = useRestore(requirement)
  const close = () => onChange(undefined, undefined)
  const versions = Array.from({ length: requirement.version }, (_, n) => requirement.version - n).map((version) => ({
    value: String(version),
    label: version === requirement.version ? `Version ${version} (current)` : `Version ${version}`,
  }))
  const open = from !== undefined && to !== undefined && from <= requirement.version && to <= requirement.version
  return (
    <Dialog
      open={open}
      onClose={close}
      title={`${requirement.reference}: what changed`}
      size="large"
      footer={
        <>
          {mayRestore && from !== requirement.version && (
            <Button icon={RotateCcw} busy={busy} onClick={() => restore(from ?? 1, close)}>
              Restore version {from}
            </Button>
          )}
          <Button variant="primary" onClick={close}>
            Close
          </Button>
        </>
      }
    >
      {open && (
        <>
          <div className="mb-4 grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-center gap-2">
            <Select aria-label="From" value={String(from)} options={versions} onChange={(version) => onChange(Number(version), to)} />
            <span aria-hidden className="text-ink-3">
              →
            </span>
            <Select aria-label="To" value={String(to)} options={versions} onChange={(version) => onChange(from, Number(version))} />
          </div>
          <Comparison requirement={requirement} from={from} to={to} />
        </>
      )}
    </Dialog>
  )
}
