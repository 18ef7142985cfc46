import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ListChecks, Package, Plus, ScrollText, Search, UserRound, type LucideIcon } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { keys } from '@/api/keys'
import { searchList } from '@/api/search'
import type { SearchHit } from '@/api/types'
import { cx } from '@/lib/cx'
import { marked } from '@/lib/mark'
import { useShortcut } from '@/lib/shortcuts'
import { createStore, useStore } from '@/lib/store'
import { useDebounced } from '@/lib/useDebounced'
import { useCan } from '@/session/useMe'
import { Avatar } from '@/ui/Avatar'
import { TierBadge } from '@/ui/Badge'
import { Kbd } from '@/ui/Kbd'
import { Skeleton } from '@/ui/states'
import type { NavItem } from './nav'

const DEBOUNCE_MS = 120
const opened = createStore(false)

/** One entry of the palette. */
interface Choice {
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
function useCommands(items: readonly NavItem[], typed: string): Choice[] {
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
function useHits(typed: string) {
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

function Choices({ items, close }: { items: readonly NavItem[]; close: () => void }) {
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)
  const [typed, setTyped] = useState('')
  const [active, setActive] = useState(0)
  const { choices: hits, searching, failed } = useHits(typed)
  const choices = [...hits, ...useCommands(items, typed)]
  const at = Math.min(active, Math.max(0, choices.length - 1))
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const choose = (choice: Choice | undefined) => {
    if (!choice) return
    close()
    choice.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, () => void> = {
      ArrowDown: () => setActive(Math.min(choices.length - 1, at + 1)),
      ArrowUp: () => setActive(Math.max(0, at - 1)),
      Enter: () => choose(choices[at]),
    }
    const step = steps[event.key]
    if (!step || event.nativeEvent.isComposing) return
    event.preventDefault()
    step()
  }
  const groups = [...new Set(choices.map(({ group }) => group))]
  return (
    <>
      <div className="flex h-12 items-center gap-2.5 border-b border-line px-4 max-md:h-14">
        <Search className="size-4 shrink-0 text-ink-3" aria-hidden />
        <input
          role="combobox"
          aria-label="Search"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={choices[at] ? `${listId}-${at}` : undefined}
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          value={typed}
          placeholder="Search, or go to a page…"
          className="h-full min-w-0 flex-1 bg-transparent text-base focus:outline-none"
          onChange={(event) => {
            setTyped(event.target.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
        />
        <Dialog.Close className="rounded-md px-1 text-ink-3 max-md:h-11 max-md:px-2">
          <span className="md:hidden">Close</span>
          <span className="max-md:hidden">
            <Kbd keys="Esc" />
          </span>
        </Dialog.Close>
      </div>
      <div ref={list} id={listId} role="listbox" aria-label="Results" className="min-h-0 flex-1 overflow-y-auto p-2 md:max-h-[52vh]">
        {groups.map((group) => (
          <div key={group} role="group" aria-label={group} className="pb-1">
            <p className="px-2 pt-1 pb-0.5 text-xs text-ink-3" aria-hidden>
              {group}
            </p>
            {choices.map(
              (choice, index) =>
                choice.group === group && (
                  <div
                    key={choice.id}
                    id={`${listId}-${index}`}
                    role="option"
                    aria-selected={index === at}
                    className={cx(
                      'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 max-md:min-h-11',
                      index === at && 'bg-hover',
                    )}
                    onPointerMove={() => setActive(index)}
                    onClick={() => choose(choice)}
                  >
                    {choice.content}
                  </div>
                ),
            )}
          </div>
        ))}
        {searching && hits.length === 0 && (
          <div className="px-2 py-2">
            <Skeleton className="h-3 w-40" />
          </div>
        )}
      </div>
      <p role="status" className="px-4 py-2 text-xs text-ink-3 empty:hidden">
        {failed ? 'Search failed. Keep typing to try again.' : !searching && choices.length === 0 ? 'No results.' : ''}
      </p>
    </>
  )
}

/** Opens from any page with / or Ctrl K: prefix search and navigation. */
export function Palette({ items }: { items: readonly NavItem[] }) {
  const open = useStore(opened)
  const show = (next: boolean) => opened.set(next)
  useShortcut('/', 'Search', () => show(true), 'Anywhere')
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      opened.set((now) => !now)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return (
    <Dialog.Root open={open} onOpenChange={show}>
      <Dialog.Portal>
        <div className="fixed inset-0 z-40 bg-backdrop animate-fade" aria-hidden />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed z-40 flex flex-col overflow-hidden bg-raised shadow-pop focus:outline-none max-md:inset-0 max-md:pb-safe md:top-[14vh] md:left-1/2 md:w-[560px] md:-translate-x-1/2 md:rounded-lg md:animate-fade"
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <Choices items={items} close={() => show(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** The search box in the header; an icon on phones. */
export function SearchBox() {
  const open = () => opened.set(true)
  return (
    <>
      <button
        type="button"
        onClick={open}
        className="flex h-8 w-64 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-ink-3 hover:border-line-strong max-md:hidden"
      >
        <Search className="size-4 shrink-0" aria-hidden />
        <span className="flex-1 text-left">Search</span>
        <Kbd keys="/" />
      </button>
      <button
        type="button"
        aria-label="Search"
        onClick={open}
        className="grid size-11 place-items-center rounded-md text-ink-2 hover:bg-hover md:hidden"
      >
        <Search className="size-5" aria-hidden />
      </button>
    </>
  )
}
