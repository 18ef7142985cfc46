import { AlarmClock, Bell, FileUp, LayoutDashboard, ScrollText, Users, Wallet, type LucideIcon } from 'lucide-react'
import type { Me } from '@/api/types'
import { can } from '@/session/useMe'

export interface NavItem {
  to: string
  label: string
  icon: LucideIcon
  /** The second key after `g`. */
  key: string
  /** Not in the phone's bottom bar, where something else leads to it. */
  wideOnly?: boolean
  allowed: (me: Me) => boolean
}

/** The sidebar and the phone's bottom bar, in this order. A new feature adds its line. */
export const NAV: readonly NavItem[] = [
  { to: '/overview', label: 'Overview', icon: LayoutDashboard, key: 'o', allowed: (me) => can(me, 'analytics_read') },
  { to: '/investors', label: 'Investors', icon: Wallet, key: 'i', allowed: (me) => can(me, 'investor_read') },
  { to: '/reminders', label: 'Reminders', icon: AlarmClock, key: 'r', allowed: (me) => can(me, 'reminder_write') },
  { to: '/imports', label: 'Imports', icon: FileUp, key: 'm', allowed: (me) => can(me, 'import_run') },
  { to: '/notifications', label: 'Notifications', icon: Bell, key: 'n', wideOnly: true, allowed: () => true },
  // Reading users, to choose a manager, is allowed more widely than managing them.
  { to: '/users', label: 'Users', icon: Users, key: 'u', allowed: (me) => can(me, 'user_create') },
  // Others read the audit of one investor on its own page; the whole of it is for admins.
  { to: '/audit', label: 'Audit', icon: ScrollText, key: 'a', allowed: (me) => can(me, 'audit_read') },
]

export function allowedNav(me: Me): NavItem[] {
  return NAV.filter((item) => item.allowed(me))
}
