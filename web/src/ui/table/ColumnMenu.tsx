import { Columns3 } from 'lucide-react'
import { useMemo } from 'react'
import { createStoredStore, useStore } from '@/lib/store'
import { IconButton } from '../Button'
import { Menu, MenuCheck, MenuLabel } from '../Menu'
import type { Column } from './types'

const isNames = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string')
const choices = new Map<string, ReturnType<typeof createStoredStore<string[]>>>()

/** Columns the user chose to see, stored in the browser under the name of the table. */
export function useColumnChoice<T>(name: string, columns: readonly Column<T>[]) {
  let store = choices.get(name)
  if (!store) {
    const hidden = columns.filter((column) => column.optional).map((column) => column.id)
    store = createStoredStore(`columns.${name}`, hidden, isNames)
    choices.set(name, store)
  }
  const hidden = useStore(store)
  const shown = useMemo(() => columns.filter((column) => column.fixed || !hidden.includes(column.id)), [columns, hidden])
  const toggle = (id: string, on: boolean) => store.set((now) => (on ? now.filter((one) => one !== id) : [...now, id]))
  return { shown, toggle }
}

export function ColumnMenu<T>({
  columns,
  shown,
  toggle,
}: {
  columns: readonly Column<T>[]
  shown: readonly Column<T>[]
  toggle: (id: string, on: boolean) => void
}) {
  return (
    <div className="absolute top-0.5 right-4 z-20 bg-canvas">
      <Menu trigger={<IconButton icon={Columns3} label="Choose columns" />}>
        <MenuLabel>Columns</MenuLabel>
        {columns.map((column) => (
          <MenuCheck key={column.id} checked={shown.includes(column)} disabled={column.fixed} onChange={(on) => toggle(column.id, on)}>
            {column.header}
          </MenuCheck>
        ))}
      </Menu>
    </div>
  )
}
