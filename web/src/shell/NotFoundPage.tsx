import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { buttonClass } from '@/ui/Button'
import { EmptyState } from '@/ui/states'

export function NotFoundPage() {
  return (
    <div className="grid h-full place-items-center">
      <EmptyState
        icon={Compass}
        title="Nothing here"
        action={
          <Link to="/" className={buttonClass('primary')}>
            Go to the start
          </Link>
        }
      >
        The address may be mistyped, or what it led to is gone or not yours to see.
      </EmptyState>
    </div>
  )
}
