import { useEffect, useRef } from 'react'
import type { LiveEvent } from '@/api/types'

export type Change = Extract<LiveEvent, { type: 'changed' }>
type Listener = (change: Change) => void

const listeners = new Set<Listener>()

/** Called by the live connection for each change that arrives. */
export function tellChange(change: Change): void {
  for (const listener of listeners) listener(change)
}

/** Hears every change while the component is shown: for a view that takes one in, where reading everything again would be too much. */
export function useChanges(listener: Listener): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const hear: Listener = (change) => latest.current(change)
    listeners.add(hear)
    return () => void listeners.delete(hear)
  }, [])
}
