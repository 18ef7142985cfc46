import { useMemo } from 'react'
import { useMilestones, useRequirements } from '@/shell/products/useRequirements'
import type { Option } from '@/ui/inputs'

/** The things a product's tasks can belong to, as options and by id. */
export function useNames(productId: string) {
  const { requirements } = useRequirements(productId)
  const { data: milestones } = useMilestones(productId)
  return useMemo(() => {
    const named = {
      requirements: requirements.map(({ id, reference, title }): Option => ({ value: id, label: `${reference} ${title}` })),
      milestones: (milestones ?? []).map(({ id, name }): Option => ({ value: id, label: name })),
    }
    const byId = new Map([...named.requirements, ...named.milestones].map(({ value, label }) => [value, label]))
    return { ...named, nameOf: (id: string | null | undefined) => (id ? byId.get(id) : undefined) }
  }, [requirements, milestones])
}
