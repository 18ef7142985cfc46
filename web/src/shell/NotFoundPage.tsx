import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { buttonClass } from '@/ui/Button'
import { EmptyState } from '@/ui/states'

export function NotFoundPage() {
  return (
    <div className="grid h-full place-items-center">
      <EmptyState
        icon={Compass}
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
