import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { Problem, asProblem } from '@/api/problem'
import { ErrorState } from '@/ui/states'
import { NotFoundPage } from './NotFoundPage'

const RETRY_MS = 5000

/** Replaces a page that failed; the rest of the app keeps working. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const client = useQueryClient()
  const retry = () => {
    void client.resetQueries({ predicate: (query) => query.state.status === 'error' })
    reset()
    void router.invalidate()
  }
  const mayPass = asProblem(error).retryable
  useEffect(() => {
    // A page that could not be loaded has no queries that heal by themselves.
    if (!mayPass) return
    const timer = setInterval(retry, RETRY_MS)
    return () => clearInterval(timer)
  })
  if (error instanceof Problem && error.status === 404) return <NotFoundPage />
  return (
    <div className="grid h-full place-items-center">
      <ErrorState error={error} onRetry={retry} />
    </div>
  )
}
