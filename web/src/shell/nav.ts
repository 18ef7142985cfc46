import {
  AlarmClock,
  Bell,
  FileUp,
  LayoutDashboard,
  ListTodo,
  Milestone,
  Package,
  ScrollText,
  Users,
  Wallet,
  type LucideIcon,
} from 'lucide-react'
import type { Me } from '@/api/types'
import { can } from '@/session/useMe'

/** The two workspaces, and what belongs to neither. */
export type NavGroup = 'start' | 'investors' | 'products' | 'company'

export interface NavItem {
  to: string
  label: string
  icon: LucideIcon
  /** The second key after `g`. */
  key: string
  group: NavGroup
  /** Not in the phone's navigation, where something else leads to it. */
  wideOnly?: boolean
  /** In the phone's bottom bar before others where not all fit: 1 is the first to have a place. */
  phone: number
  allowed: (me: Me) => boolean
}

export const NAV_GROUPS: Record<NavGroup, string> = { start: '', investors: 'Investors', products: 'Products', company: 'Company' }

/** The sidebar and the phone's bottom bar, in this order. A new feature adds its line. */
export const NAV: readonly NavItem[] = [
  { to: '/overview', label: 'Overview', icon: LayoutDashboard, key: 'o', group: 'start', phone: 1, allowed: () => true },
  { to: '/investors', label: 'Investors', icon: Wallet, key: 'i', group: 'investors', phone: 1, allowed: (me) => can(me, 'investor_read') },
  {
    to: '/reminders',
    label: 'Reminders',
    icon: AlarmClock,
    key: 'r',
    group: 'investors',
    phone: 3,
    allowed: (me) => can(me, 'reminder_write'),
  },
  {
    to: '/imports',
    label: 'Imports',
    icon: FileUp,
    key: 'm',
    group: 'company',
    phone: 4,
    allowed: (me) => can(me, 'import_run') || can(me, 'product_import'),
  },
  { to: '/products', label: 'Products', icon: Package, key: 'p', group: 'products', phone: 1, allowed: (me) => can(me, 'product_read') },
  { to: '/tasks', label: 'My tasks', icon: ListTodo, key: 't', group: 'products', phone: 2, allowed: (me) => can(me, 'task_progress') },
  { to: '/roadmap', label: 'Roadmap', icon: Milestone, key: 'l', group: 'products', phone: 4, allowed: (me) => can(me, 'product_read') },
  { to: '/notifications', label: 'Notifications', icon: Bell, key: 'n', group: 'company', phone: 9, wideOnly: true, allowed: () => true },
  // Reading users, to choose a manager, is allowed more widely than managing them.
  { to: '/users', label: 'Users', icon: Users, key: 'u', group: 'company', phone: 5, allowed: (me) => can(me, 'user_create') },
  // Others read the audit of one investor on its own page; the whole of it is for admins.
  { to: '/audit', label: 'Audit', icon: ScrollText, key: 'a', group: 'company', phone: 5, allowed: (me) => can(me, 'audit_read') },
]

export function allowedNav(me: Me): NavItem[] {
  return NAV.filter((item) => item.allowed(me))
}

/** The items under their headings. Who works in one workspace alone needs no headings. */
export function groupedNav(items: readonly NavItem[]): { label: string; items: NavItem[] }[] {
  const both = items.some(({ group }) => group === 'investors') && items.some(({ group }) => group === 'products')
  if (!both) return [{ label: '', items: [...items] }]
  return (Object.keys(NAV_GROUPS) as NavGroup[])
    .map((group) => ({ label: NAV_GROUPS[group], items: items.filter((item) => item.group === group) }))
    .filter((group) => group.items.length > 0)
}

const BAR_PLACES = 5

/** What stands in the phone's bottom bar, and what is behind its "More". */
export function barNav(items: readonly NavItem[]): { bar: NavItem[]; more: NavItem[] } {
  const all = items.filter(({ wideOnly }) => !wideOnly)
  if (all.length <= BAR_PLACES) return { bar: all, more: [] }
  const first = all.toSorted((a, b) => a.phone - b.phone).slice(0, BAR_PLACES - 1)
  return { bar: all.filter((item) => first.includes(item)), more: all.filter((item) => !first.includes(item)) }
}
