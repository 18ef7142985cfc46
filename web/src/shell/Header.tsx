import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { Keyboard, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { logout } from '@/api/auth'
import { unsavedIn } from '@/lib/unsaved'
import { setTheme, useTheme, type Theme } from '@/lib/theme'
import { usePageName } from '@/lib/title'
import { useMe } from '@/session/useMe'
import { confirmed } from '@/ui/Ask'
import { Avatar } from '@/ui/Avatar'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from '@/ui/Menu'
import { toast } from '@/ui/Toast'
import { Bell } from './Bell'
import { LiveLost } from './LiveDot'
import { Logo } from './Logo'
import type { NavItem } from './nav'
import { SearchBox } from './Palette'
import { openShortcutList } from './ShortcutList'

const THEMES: { value: Theme; label: string; icon: typeof Sun }[] = [
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'system', label: 'System', icon: Monitor },
]

function Breadcrumb({ items }: { items: readonly NavItem[] }) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const crumb = usePageName()
  const place = items.find(({ to }) => path === to || path.startsWith(`${to}/`))
  const title = place?.label ?? (path.startsWith('/profile') ? 'Profile' : 'Steward')
  return (
    <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
      <ol className="flex min-w-0 items-center gap-1.5">
        <li className={crumb ? 'shrink-0 text-ink-3' : 'truncate font-medium'}>
          {place && crumb ? (
            <Link to={place.to} className="rounded-sm hover:text-ink">
              {title}
            </Link>
          ) : (
            title
          )}
        </li>
        {crumb && (
          <>
            <li aria-hidden className="text-ink-3">
              /
            </li>
            <li className="truncate font-medium" aria-current="page">
              {crumb}
            </li>
          </>
        )}
      </ol>
    </nav>
  )
}

function ProfileMenu() {
  const me = useMe()
  const theme = useTheme()
  const leave = useMutation({
    mutationFn: logout,
    onError: (error) => toast.error('Couldn’t sign out on the server', error),
  })
  const signOut = async () => {
    const unsaved = unsavedIn().length > 0
    if (unsaved && !(await confirmed('Sign out without saving?', 'What you typed is removed from this browser.', 'Sign out'))) return
    leave.mutate()
  }
  const navigate = useNavigate()
  const trigger = (
    <button
      type="button"
      aria-label={`Account menu, ${me.name}`}
      className="grid size-9 place-items-center rounded-full hover:bg-hover max-md:size-11"
    >
      <Avatar name={me.name} />
    </button>
  )
  return (
    <Menu trigger={trigger}>
      <div className="flex items-center gap-2.5 px-2 py-2">
        <Avatar name={me.name} />
        <span className="min-w-0">
          <span className="block truncate font-medium">{me.name}</span>
          <span className="block truncate text-xs text-ink-3">{me.email}</span>
        </span>
      </div>
      <MenuSeparator />
      <MenuItem icon={UserRound} keys="g y" onSelect={() => void navigate({ to: '/profile' })}>
        Profile
      </MenuItem>
      <MenuItem icon={Keyboard} keys="?" onSelect={openShortcutList}>
        Keyboard shortcuts
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice
        value={theme}
        onChange={setTheme}
        options={THEMES.map(({ value, label, icon: Icon }) => ({
          value,
          label: (
            <span className="flex items-center gap-2">
              <Icon className="size-4 text-ink-3" aria-hidden />
              {label}
            </span>
          ),
        }))}
      />
      <MenuSeparator />
      <MenuItem icon={LogOut} onSelect={() => void signOut()}>
        Sign out
      </MenuItem>
    </Menu>
  )
}

export function Header({ items }: { items: readonly NavItem[] }) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line bg-canvas px-4 max-md:h-14 md:px-6">
      <Link to="/" aria-label="Steward, home" className="rounded-md md:hidden">
        <Logo />
      </Link>
      <Breadcrumb items={items} />
      <LiveLost />
      <SearchBox />
      <Bell />
      <ProfileMenu />
    </header>
  )
}
