import { Link } from '@tanstack/react-router'
import type { NavItem } from './nav'

/** The phone's navigation, within reach of the thumb. */
export function BottomBar({ items }: { items: readonly NavItem[] }) {
  return (
    <nav aria-label="Main" className="border-t border-line bg-canvas pb-safe md:hidden">
      <ul className="flex">
        {items.filter(({ wideOnly }) => !wideOnly).map(({ to, label, icon: Icon }) => (
          <li key={to} className="min-w-0 flex-1">
            <Link
              to={to}
              className="flex h-14 flex-col items-center justify-center gap-0.5 text-xs text-ink-3 focus-visible:-outline-offset-2"
              activeProps={{ className: '!text-accent font-medium' }}
            >
              <Icon className="size-5" aria-hidden />
              <span className="max-w-full truncate px-1">{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
