import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { usePageTitle } from '@/lib/title'
import { buttonClass } from '@/ui/Button'
import { EmptyState } from '@/ui/states'

/** For an unknown address, inside the frame; and for a page whose data doesn’t exist. */
export function NotFoundPage() {
  usePageTitle('Page not found')
  return (
    <div className="grid h-full place-items-center">
      <EmptyState
        icon={Compass}
        page
        title="Page not found"
        action={
          <Link to="/" className={buttonClass('primary')}>
            Go to overview
          </Link>
        }
      >
        The address may be mistyped, or the page was deleted or isn’t available to you.
      </EmptyState>
    </div>
  )
}
