import { useQueryClient } from '@tanstack/react-query'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { Problem } from '@/api/problem'
import { ErrorState } from '@/ui/states'
import { NotFoundPage } from './NotFoundPage'

/** Replaces a page that failed; the rest of the app keeps working. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const client = useQueryClient()
  if (error instanceof Problem && error.status === 404) return <NotFoundPage />
  const retry = () => {
    void client.resetQueries({ predicate: (query) => query.state.status === 'error' })
    reset()
    void router.invalidate()
  }
  return (
    <div className="grid h-full place-items-center">
      <ErrorState error={error} onRetry={retry} />
    </div>
  )
}
