import { Search } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { cx } from '@/lib/cx'
import { useShortcut } from '@/lib/shortcuts'
import { createStore, useStore } from '@/lib/store'
import { useReturnFocus } from '@/ui/Dialog'
import { Kbd } from '@/ui/Kbd'
import { Skeleton } from '@/ui/states'
import type { NavItem } from './nav'
import { useCommands, useHits, type Choice } from './paletteChoices'

const opened = createStore(false)

interface ResultsProps {
  id: string
  choices: readonly Choice[]
  /** Index of the active entry. */
  at: number
  searching: boolean
  onPoint: (index: number) => void
  onChoose: (choice: Choice) => void
}

function Results({ id, choices, at, searching, onPoint, onChoose }: ResultsProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const groups = [...new Set(choices.map(({ group }) => group))]
  return (
    <div ref={list} id={id} role="listbox" aria-label="Results" className="min-h-0 flex-1 overflow-y-auto p-2 md:max-h-[52vh]">
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
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === at}
                  className={cx(
                    'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 max-md:min-h-11',
                    index === at && 'bg-hover',
                  )}
                  onPointerMove={() => onPoint(index)}
                  onClick={() => onChoose(choice)}
                >
                  {choice.content}
                </div>
              ),
          )}
        </div>
      ))}
      {searching && (
        <div className="px-2 py-2">
          <Skeleton className="h-3 w-40" />
        </div>
      )}
    </div>
  )
}

function Choices({ items, close }: { items: readonly NavItem[]; close: () => void }) {
  const listId = useId()
  const [typed, setTyped] = useState('')
  const [active, setActive] = useState(0)
  const { choices: hits, searching, failed } = useHits(typed)
  const choices = [...hits, ...useCommands(items, typed)]
  const at = Math.min(active, Math.max(0, choices.length - 1))
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
      <Results id={listId} choices={choices} at={at} searching={searching && hits.length === 0} onPoint={setActive} onChoose={choose} />
      <p role="status" className="px-4 py-2 text-xs text-ink-3 empty:hidden">
        {failed ? 'Search failed. Keep typing to try again.' : !searching && choices.length === 0 ? 'No results.' : ''}
      </p>
    </>
  )
}

/** Opens from any page with / or Ctrl K: prefix search and navigation. */
export function Palette({ items }: { items: readonly NavItem[] }) {
  const open = useStore(opened)
  const focus = useReturnFocus()
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
          {...focus}
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
