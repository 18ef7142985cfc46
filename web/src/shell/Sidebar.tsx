import { Link } from '@tanstack/react-router'
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { cx } from '@/lib/cx'
import { useShortcut } from '@/lib/shortcuts'
import { createStoredStore, useStore } from '@/lib/store'
import { IconButton } from '@/ui/Button'
import { Tooltip } from '@/ui/Tooltip'
import { LiveDot } from './LiveDot'
import { Logo } from './Logo'
import { groupedNav, type NavItem } from './nav'

const collapsedStore = createStoredStore('sidebar.collapsed', false, (value): value is boolean => typeof value === 'boolean')

function SidebarLink({ item, collapsed }: { item: NavItem; collapsed: boolean }) {
  const { icon: Icon } = item
  const link = (
    <Link
      to={item.to}
      className={cx(
        'flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-ink-2 transition-colors hover:bg-hover hover:text-ink',
        collapsed && 'justify-center',
      )}
      activeProps={{ className: 'bg-selected !text-accent' }}
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      <span className={cx('truncate', collapsed && 'sr-only')}>{item.label}</span>
    </Link>
  )
  return collapsed ? (
    <Tooltip label={item.label} keys={`g ${item.key}`}>
      {link}
    </Tooltip>
  ) : (
    link
  )
}

export function Sidebar({ items }: { items: readonly NavItem[] }) {
  const collapsed = useStore(collapsedStore)
  const toggle = () => collapsedStore.set(!collapsed)
  useShortcut('[', 'Toggle the sidebar', toggle, 'Anywhere')
  return (
    <nav
      aria-label="Main"
      className={cx(
        'flex shrink-0 flex-col border-r border-line bg-canvas p-2 transition-[width] duration-150 max-md:hidden',
        collapsed ? 'w-13' : 'w-56',
      )}
    >
      <div className={cx('mb-3 flex h-9 items-center gap-2 px-1.5', collapsed && 'justify-center px-0')}>
        <Logo />
        {!collapsed && <span className="text-base font-semibold">Steward</span>}
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto">
        {groupedNav(items).map((group) => (
          <div key={group.label} className={cx(collapsed && group.label && 'border-t border-line pt-3')}>
            {group.label && (
              <p id={`nav-${group.label}`} className={cx('px-2 pb-1 text-xs font-medium text-ink-3', collapsed && 'sr-only')}>
                {group.label}
              </p>
            )}
            <ul className="flex flex-col gap-0.5" aria-labelledby={group.label ? `nav-${group.label}` : undefined}>
              {group.items.map((item) => (
                <li key={item.to}>
                  <SidebarLink item={item} collapsed={collapsed} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <div className={cx('flex items-center', collapsed ? 'flex-col gap-1' : 'justify-between pl-2')}>
        <LiveDot wordless={collapsed} />
        <IconButton
          icon={collapsed ? PanelLeftOpen : PanelLeftClose}
          label={collapsed ? 'Expand the sidebar' : 'Collapse the sidebar'}
          keys="["
          aria-expanded={!collapsed}
          onClick={toggle}
        />
      </div>
    </nav>
  )
}
