import { useSyncExternalStore } from 'react'

// The width below which the `md` variant of the styles is off.
const query = matchMedia('(width < 48rem)')

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** True at phone width, where layout differs by more than styles can say. */
export function usePhone(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches)
}
