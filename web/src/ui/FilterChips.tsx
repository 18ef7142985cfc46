import { ListFilter, X } from 'lucide-react'
import { Button } from './Button'
import type { Option } from './inputs'
import { Menu, MenuChoice, SubMenu } from './Menu'

export interface Filter<K extends string = string> {
  /** The name of the search parameter. */
  key: K
  label: string
  options: readonly Option[]
}

export interface FilterChipsProps<K extends string> {
  filters: readonly Filter<K>[]
  /** The route's validated search parameters. */
  values: Partial<Record<K, string | boolean | undefined>>
  /** Puts the change into the URL; undefined removes a filter. */
  onChange: (changes: Partial<Record<K, string | undefined>>) => void
}

/** The active filters of a list. The state is kept in the URL, so that a view can be shared. */
export function FilterChips<K extends string>({ filters, values, onChange }: FilterChipsProps<K>) {
  const active = filters.filter(({ key }) => values[key] !== undefined)
  const change = (key: K, value: string | undefined) => onChange({ [key]: value } as Partial<Record<K, string | undefined>>)
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <Menu
        align="start"
        trigger={
          <Button variant="quiet" icon={ListFilter} className="-ml-3 max-md:-ml-4">
            Filter
          </Button>
        }
      >
        {filters.map((filter) => (
          <SubMenu key={filter.key} label={filter.label}>
            <MenuChoice value={String(values[filter.key] ?? '')} options={filter.options} onChange={(value) => change(filter.key, value)} />
          </SubMenu>
        ))}
      </Menu>
      {active.map((filter) => {
        const value = String(values[filter.key])
        const word = filter.options.find((option) => option.value === value)?.label ?? value
        return (
          <span
            key={filter.key}
            className="inline-flex h-7 max-w-full items-center rounded-md border border-line bg-surface text-xs max-md:h-11"
          >
            <Menu
              align="start"
              trigger={
                <button type="button" className="h-full min-w-0 truncate rounded-l-md pr-1 pl-2 hover:bg-hover">
                  <span className="text-ink-3">{filter.label} is </span>
                  <span className="font-medium">{word}</span>
                </button>
              }
            >
              <MenuChoice value={value} options={filter.options} onChange={(next) => change(filter.key, next)} />
            </Menu>
            <button
              type="button"
              aria-label={`Remove filter ${filter.label}`}
              className="grid h-full w-6 shrink-0 place-items-center rounded-r-md text-ink-3 hover:bg-hover hover:text-ink max-md:w-11"
              onClick={() => change(filter.key, undefined)}
            >
              <X className="size-3" aria-hidden />
            </button>
          </span>
        )
      })}
      {active.length > 1 && (
        <Button
          variant="quiet"
          onClick={() => onChange(Object.fromEntries(active.map(({ key }) => [key, undefined])) as Partial<Record<K, undefined>>)}
        >
          Clear all
        </Button>
      )}
    </div>
  )
}
