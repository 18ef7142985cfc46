import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ListChecks, Package, Plus, ScrollText, UserRound, type LucideIcon } from 'lucide-react'
import { type ReactNode } from 'react'
import { keys } from '@/api/keys'
import { searchList } from '@/api/search'
import type { SearchHit } from '@/api/types'
import { marked } from '@/lib/mark'
import { useDebounced } from '@/lib/useDebounced'
import { useCan } from '@/session/useMe'
import { Avatar } from '@/ui/Avatar'
import { TierBadge } from '@/ui/Badge'
import type { NavItem } from './nav'

const DEBOUNCE_MS = 120

/** One entry of the palette. */
export interface Choice {
  id: string
  group: string
  content: ReactNode
  run: () => void
}

function Line({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <>
      <Icon className="size-4 shrink-0 text-ink-3" aria-hidden />
      <span className="min-w-0 flex-1 truncate">{children}</span>
    </>
  )
}

function Marked({ name, typed }: { name: string; typed: string }) {
  return (
    <span className="min-w-0 flex-1 truncate">
      {marked(name, typed).map(({ text, hit }, index) =>
        hit ? (
          <mark key={index} className="bg-transparent font-semibold text-accent">
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </span>
  )
}

/** The groups of search results, in display order. */
const GROUPS: Record<SearchHit['kind'], string> = {
  investor: 'Investors',
  product: 'Products',
  requirement: 'Requirements',
  task: 'Tasks',
  user: 'People',
}
const WORK_ICONS = { product: Package, requirement: ScrollText, task: ListChecks }

function HitLine({ hit, typed }: { hit: SearchHit; typed: string }) {
  if (hit.kind === 'investor' || hit.kind === 'user') {
    return (
      <>
        <Avatar name={hit.name} size="small" />
        <Marked name={hit.name} typed={typed} />
        {hit.kind === 'investor' ? <TierBadge tier={hit.tier} /> : <span className="text-xs text-ink-3">{hit.username}</span>}
      </>
    )
  }
  const Icon = WORK_ICONS[hit.kind]
  return (
    <>
      <Icon className="size-4 shrink-0 text-ink-3" aria-hidden />
      <Marked name={hit.kind === 'product' ? hit.name : hit.title} typed={typed} />
      <span className="shrink-0 text-xs text-ink-3">{hit.kind === 'product' ? hit.key : hit.reference}</span>
    </>
  )
}

/** URL of an entity below a product. */
function below(productId: string, what: 'requirements' | 'tasks', id: string): string {
  return `/products/${productId}/${what}/${id}`
}

/** Opens a search result. */
function useOpen() {
  const navigate = useNavigate()
  return (hit: SearchHit): Promise<void> => {
    switch (hit.kind) {
      case 'investor':
        return navigate({ to: '/investors/$investorId', params: { investorId: hit.id } })
      case 'user':
        return navigate({ to: '/users', search: { user: hit.id } })
      case 'product':
        return navigate({ to: '/products/$productId', params: { productId: hit.id } })
      case 'requirement':
        return navigate({ to: below(hit.product_id, 'requirements', hit.id) })
      case 'task':
        return navigate({ to: below(hit.product_id, 'tasks', hit.id) })
    }
  }
}

/** Pages and commands with words that start with the input. */
export function useCommands(items: readonly NavItem[], typed: string): Choice[] {
  const navigate = useNavigate()
  const mayCreate = useCan('investor_create')
  const mayCreateProduct = useCan('product_create')
  const all = [
    ...(mayCreate ? [{ label: 'New investor', icon: Plus, run: () => void navigate({ to: '/investors', search: { create: true } }) }] : []),
    ...(mayCreateProduct
      ? [{ label: 'New product', icon: Plus, run: () => void navigate({ to: '/products', search: { create: true } }) }]
      : []),
    ...items.map((item) => ({ label: `Go to ${item.label}`, icon: item.icon, run: () => void navigate({ to: item.to }) })),
    { label: 'Go to Profile', icon: UserRound, run: () => void navigate({ to: '/profile' }) },
  ]
  const words = typed
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
  const fits = (label: string) =>
    words.every((word) =>
      label
        .toLowerCase()
        .split(' ')
        .some((own) => own.startsWith(word)),
    )
  return all
    .filter(({ label }) => fits(label))
    .map(({ label, icon, run }) => ({ id: label, group: 'Commands', content: <Line icon={icon}>{label}</Line>, run }))
}

/** Search results from the server. People are shown only to users who can open them. */
export function useHits(typed: string) {
  const open = useOpen()
  const mayOpenUsers = useCan('user_read')
  const settled = useDebounced(typed.trim(), DEBOUNCE_MS)
  const query = useQuery({
    queryKey: keys.search(settled),
    queryFn: ({ signal }) => searchList(settled, signal),
    enabled: settled !== '',
    placeholderData: keepPreviousData,
  })
  const hits = settled === '' ? [] : (query.data ?? [])
  // The server ranks across kinds; the arrow keys follow the display order, group by group.
  const kinds = (Object.keys(GROUPS) as SearchHit['kind'][]).filter((kind) => kind !== 'user' || mayOpenUsers)
  const grouped = kinds.flatMap((kind) => hits.filter((hit) => hit.kind === kind))
  const choices = grouped.map((hit): Choice => ({
    id: hit.id,
    group: GROUPS[hit.kind],
    content: <HitLine hit={hit} typed={settled} />,
    run: () => void open(hit),
  }))
  return { choices, searching: typed.trim() !== '' && (query.isPending || settled !== typed.trim()), failed: query.isError }
}
