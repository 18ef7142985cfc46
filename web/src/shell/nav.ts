import {
  AlarmClock,
  Bell,
  FileUp,
  LayoutDashboard,
  ListTodo,
  Milestone,
  Package,
  ScrollText,
  ShieldCheck,
  Users,
  Wallet,
  type LucideIcon,
} from 'lucide-react'
import type { Me } from '@/api/types'
import { can } from '@/session/useMe'

/** The two workspaces, and items that belong to neither. */
export type NavGroup = 'start' | 'investors' | 'products' | 'company'

export interface NavItem {
  to: string
  label: string
  icon: LucideIcon
  /** The second key after `g`. */
  key: string
  group: NavGroup
  /** Omitted from the phone navigation, where something else leads to it. */
  wideOnly?: boolean
  /** Priority in the phone's bottom bar if not everything fits: 1 comes first. */
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
  // The right to read users, for selecting a manager, is broader than the right to manage them.
  { to: '/users', label: 'Users', icon: Users, key: 'u', group: 'company', phone: 5, allowed: (me) => can(me, 'user_create') },
  // Others read the audit trail of one investor on its page; the full trail is for admins.
  { to: '/audit', label: 'Audit', icon: ScrollText, key: 'a', group: 'company', phone: 5, allowed: (me) => can(me, 'audit_read') },
  {
    to: '/settings/security',
    label: 'Security',
    icon: ShieldCheck,
    key: 's',
    group: 'company',
    phone: 6,
    allowed: (me) => can(me, 'security_update'),
  },
]

export function allowedNav(me: Me): NavItem[] {
  return NAV.filter((item) => item.allowed(me))
}

/** The items under their headings. Users of a single workspace need no headings. */
export function groupedNav(items: readonly NavItem[]): { label: string; items: NavItem[] }[] {
  const both = items.some(({ group }) => group === 'investors') && items.some(({ group }) => group === 'products')
  if (!both) return [{ label: '', items: [...items] }]
  return (Object.keys(NAV_GROUPS) as NavGroup[])
    .map((group) => ({ label: NAV_GROUPS[group], items: items.filter((item) => item.group === group) }))
    .filter((group) => group.items.length > 0)
}

const BAR_PLACES = 5

/** The items in the phone's bottom bar, and those behind "More". */
export function barNav(items: readonly NavItem[]): { bar: NavItem[]; more: NavItem[] } {
  const all = items.filter(({ wideOnly }) => !wideOnly)
  if (all.length <= BAR_PLACES) return { bar: all, more: [] }
  const first = all.toSorted((a, b) => a.phone - b.phone).slice(0, BAR_PLACES - 1)
  return { bar: all.filter((item) => first.includes(item)), more: all.filter((item) => !first.includes(item)) }
}
