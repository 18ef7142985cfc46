import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { Ellipsis } from 'lucide-react'
import { Fragment } from 'react'
import { cx } from '@/lib/cx'
import { Menu, MenuItem, MenuLabel } from '@/ui/Menu'
import { barNav, groupedNav, type NavItem } from './nav'

const PLACE = 'flex h-14 w-full flex-col items-center justify-center gap-0.5 text-xs text-ink-3 focus-visible:-outline-offset-2'

/** The items that don't fit in the bar. */
function More({ items }: { items: readonly NavItem[] }) {
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const here = items.some(({ to }) => path === to || path.startsWith(`${to}/`))
  const trigger = (
    <button type="button" className={cx(PLACE, here && '!text-accent font-medium')}>
      <Ellipsis className="size-5" aria-hidden />
      More
    </button>
  )
  return (
    <Menu trigger={trigger}>
      {groupedNav(items).map(({ label, items: within }) => (
        <Fragment key={label}>
          {label && <MenuLabel>{label}</MenuLabel>}
          {within.map(({ to, label: name, icon }) => (
            <MenuItem key={to} icon={icon} onSelect={() => void navigate({ to })}>
              {name}
            </MenuItem>
          ))}
        </Fragment>
      ))}
    </Menu>
  )
}

/** Bottom navigation on phones. */
export function BottomBar({ items }: { items: readonly NavItem[] }) {
  const { bar, more } = barNav(items)
  return (
    <nav aria-label="Main" className="border-t border-line bg-canvas pb-safe md:hidden">
      <ul className="flex">
        {bar.map(({ to, label, icon: Icon }) => (
          <li key={to} className="min-w-0 flex-1">
            <Link to={to} className={PLACE} activeProps={{ className: '!text-accent font-medium' }}>
              <Icon className="size-5" aria-hidden />
              <span className="max-w-full truncate px-1">{label}</span>
            </Link>
          </li>
        ))}
        {more.length > 0 && (
          <li className="min-w-0 flex-1">
            <More items={more} />
          </li>
        )}
      </ul>
    </nav>
  )
}
