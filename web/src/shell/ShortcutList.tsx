import { createStore, useStore } from '@/lib/store'
import { shortcutsOn, useShortcut, useShortcuts, type Shortcut } from '@/lib/shortcuts'
import { Dialog } from '@/ui/Dialog'
import { Checkbox } from '@/ui/inputs'
import { Kbd } from '@/ui/Kbd'

const open = createStore(false)

export function openShortcutList(): void {
  open.set(true)
}

function grouped(shortcuts: readonly Shortcut[]): [string, Shortcut[]][] {
  const groups = new Map<string, Shortcut[]>()
  for (const shortcut of shortcuts) groups.set(shortcut.group, [...(groups.get(shortcut.group) ?? []), shortcut])
  return [...groups]
}

/** The keyboard shortcuts of the current page. */
export function ShortcutList() {
  const shown = useStore(open)
  const on = useStore(shortcutsOn)
  const shortcuts = useShortcuts()
  useShortcut('?', 'Show keyboard shortcuts', openShortcutList, 'Anywhere')
  return (
    <Dialog open={shown} onClose={() => open.set(false)} title="Keyboard shortcuts">
      <div className="grid gap-x-8 gap-y-4 md:grid-cols-2">
        {grouped(shortcuts).map(([group, members]) => (
          <section key={group}>
            <h3 className="mb-1 text-xs font-medium text-ink-3">{group}</h3>
            <ul>
              {members.map(({ keys, label }) => (
                <li key={keys} className="flex h-8 items-center justify-between gap-4">
                  {label}
                  <Kbd keys={keys} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <div className="mt-4 border-t border-line pt-3">
        <Checkbox checked={on} onChange={shortcutsOn.set} label="Use single-key shortcuts" hint="Turn off if you use speech input." />
      </div>
    </Dialog>
  )
}
