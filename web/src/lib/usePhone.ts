import { useSyncExternalStore } from 'react'

// The width below which the `md` variant doesn't apply.
const query = matchMedia('(width < 48rem)')

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** True at phone width, for layout differences beyond what styles can express. */
export function usePhone(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches)
}
