import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { asProblem } from '@/api/problem'
import { onLiveState } from './useLive'

const FIRST_DELAY_MS = 1000
const LONGEST_DELAY_MS = 15_000

/** Whether a query failed because the server could not be reached, and is still shown. */
function isHurt(query: Query): boolean {
  return query.state.status === 'error' && asProblem(query.state.error).retryable && query.getObserversCount() > 0
}

async function isUp(): Promise<boolean> {
  const answer = await fetch('/api/health').catch(() => null)
  return answer?.ok ?? false
}

/** Repeats what failed while the server was away. Exported for tests. */
export class Healing {
  private readonly client: QueryClient
  private readonly up: () => Promise<boolean>
  private timer: ReturnType<typeof setTimeout> | undefined
  private attempt = 0

  constructor(client: QueryClient, up: () => Promise<boolean> = isUp) {
    this.client = client
    this.up = up
  }

  /** Begins to look for the server when a query fails; ends when none is left. Returns a function that stops. */
  watch(): () => void {
    const unsubscribe = this.client.getQueryCache().subscribe(() => this.plan())
    this.plan()
    return () => {
      unsubscribe()
      clearTimeout(this.timer)
      this.timer = undefined
    }
  }

  /** Asks now instead of waiting: the connection is back. */
  now(): void {
    this.attempt = 0
    void this.heal()
  }

  private hurt(): Query[] {
    return this.client.getQueryCache().findAll({ predicate: isHurt })
  }

  private plan(): void {
    if (this.timer !== undefined || this.hurt().length === 0) return
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.attempt)
    this.attempt += 1
    this.timer = setTimeout(() => void this.heal(), delay)
  }

  private async heal(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.hurt().length === 0) {
      this.attempt = 0
      return
    }
    if (await this.up()) await this.client.refetchQueries({ predicate: isHurt })
    this.plan()
  }
}

/** Heals the page by itself when the server is back; the live connection usually notices first. */
export function useHealing(): void {
  const client = useQueryClient()
  useEffect(() => {
    const healing = new Healing(client)
    const now = () => healing.now()
    const stopWatching = healing.watch()
    const stopListening = onLiveState((state) => state === 'live' && now())
    window.addEventListener('online', now)
    return () => {
      stopWatching()
      stopListening()
      window.removeEventListener('online', now)
    }
  }, [client])
}
