import type { Product } from '@/api/types'
import { can, useMe } from '@/session/useMe'
import { ExportButton } from '@/shell/ExportButton'
import { Section } from '@/ui/PageHeader'

const LISTS = [
  ['requirements', 'Requirements'],
  ['baselines', 'Baselines'],
  ['tasks', 'Tasks'],
  ['comments', 'Comments'],
  ['attachments', 'Task attachments'],
  ['milestones', 'Milestones'],
  ['assets', 'Assets'],
  ['rules', 'Rules'],
  ['members', 'Team'],
  ['views', 'Your saved views'],
] as const

/** Every list of a product as a file, including lists without an export button of their own. */
export function Exports({ product }: { product: Product }) {
  const me = useMe()
  if (!can(me, 'product_export')) return null
  return (
    <Section title="Exports" hint="Each list in full, as a CSV file.">
      <ul className="-my-2">
        {LISTS.map(([list, name]) => (
          <li key={list} className="flex min-h-10 items-center justify-between gap-3 max-md:min-h-12">
            {name}
            <ExportButton
              compact
              path={`/api/exports/products/${product.id}/${list}`}
              name={`${product.key.toLowerCase()}-${list}`}
              label={`Export ${name.toLowerCase()}`}
            />
          </li>
        ))}
      </ul>
    </Section>
  )
}
