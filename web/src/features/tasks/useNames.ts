import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call } from '@/api/client'
import { keys } from '@/api/keys'
import type { Page } from '@/api/types'
import type { Option } from '@/ui/inputs'

interface Named {
  id: string
  reference?: string
  title?: string
  name?: string
}

/** More than anyone chooses from; keeps a mistake from fetching without end. */
const MOST_PAGES = 20

async function everyOne(path: string): Promise<Named[]> {
  const all: Named[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, next_cursor: next } = await call<Page<Named>>('get', path, { query: { limit: 100, ...(cursor ? { cursor } : {}) } })
    all.push(...items)
    if (!next) break
    cursor = next
  }
  return all
}

const labelOf = ({ reference, title, name }: Named) => [reference, title ?? name].filter(Boolean).join(' ')

/** What tasks of a product can belong to, as options and by id. */
export function useNames(productId: string) {
  const path = `/api/products/${productId}`
  const requirements = useQuery({ queryKey: [...keys.requirements.of(productId), 'names'], queryFn: () => everyOne(`${path}/requirements`), staleTime: 5 * 60_000 })
  const milestones = useQuery({ queryKey: [...keys.milestones.of(productId), 'names'], queryFn: () => everyOne(`${path}/milestones`), staleTime: 5 * 60_000 })
  return useMemo(() => {
    const option = (one: Named): Option => ({ value: one.id, label: labelOf(one) })
    const asked = { requirements: requirements.data ?? [], milestones: milestones.data ?? [] }
    const byId = new Map([...asked.requirements, ...asked.milestones].map((one) => [one.id, labelOf(one)]))
    return {
      requirements: asked.requirements.map(option),
      milestones: asked.milestones.map(option),
      nameOf: (id: string | null | undefined) => (id ? byId.get(id) : undefined),
    }
  }, [requirements.data, milestones.data])
}
