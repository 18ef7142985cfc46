import { useEffect, useRef } from 'react'
import type { LiveEvent } from '@/api/types'

export type Change = Extract<LiveEvent, { type: 'changed' }>
type Listener = (change: Change) => void

const listeners = new Set<Listener>()

/** Called by the live connection for each incoming change. */
export function notifyChange(change: Change): void {
  for (const listener of listeners) listener(change)
}

/** Subscribes to changes while mounted, for a view that applies single changes because reloading everything would be too slow. */
export function useChanges(listener: Listener): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const onChange: Listener = (change) => latest.current(change)
    listeners.add(onChange)
    return () => void listeners.delete(onChange)
  }, [])
}
