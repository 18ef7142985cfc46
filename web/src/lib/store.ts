import { useSyncExternalStore } from 'react'

export interface Store<T> {
  get(): T
  set(next: T | ((current: T) => T)): void
  subscribe(listener: () => void): () => void
}

/** A value outside the component tree that components can subscribe to. */
export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      const made = next instanceof Function ? next(value) : next
      if (Object.is(made, value)) return
      value = made
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Like {@link createStore}, persisted in this browser under `steward.<key>`; unreadable values yield the initial value. */
export function createStoredStore<T>(key: string, initial: T, accepts: (value: unknown) => value is T): Store<T> {
  const name = `steward.${key}`
  let start = initial
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(name) ?? 'null')
    if (accepts(kept)) start = kept
  } catch {
    // Storage may be blocked, or hold an outdated value.
  }
  const store = createStore(start)
  store.subscribe(() => {
    try {
      localStorage.setItem(name, JSON.stringify(store.get()))
    } catch {
      // The value then lasts until the page is left.
    }
  })
  return store
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get)
}
