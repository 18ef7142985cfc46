import { useNavigate, useRouter, type ParsedLocation } from '@tanstack/react-router'
import { useCallback } from 'react'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** In the step of an open panel: the scroll key of the page that it lies on. */
    panel?: string
  }
}

/** The key under which a page's scroll position is remembered. A panel shares that of its page, which stays where it is. */
export function scrollKey({ href, state }: Pick<ParsedLocation, 'href' | 'state'>): string {
  return state.panel ?? state.__TSR_key ?? href
}

/** A second click on Close while the first is under way must not go back twice. */
const SETTLED_MS = 500
let leaving: { key: string | undefined; at: number } = { key: undefined, at: 0 }

/** Closes a panel: one step back if it was opened as a step of its own, or else by `otherwise`. */
export function usePanelClose(): (otherwise: () => void) => void {
  const router = useRouter()
  return useCallback(
    (otherwise) => {
      const { panel, __TSR_key: key } = router.latestLocation.state
      if (panel === undefined) return otherwise()
      if (leaving.key === key && Date.now() - leaving.at < SETTLED_MS) return
      leaving = { key, at: Date.now() }
      router.history.back()
    },
    [router],
  )
}

/** The navigation options of a step that opens a panel over the present page. */
export function usePanelStep() {
  const router = useRouter()
  return useCallback(() => ({ resetScroll: false, state: { panel: scrollKey(router.latestLocation) } }), [router])
}

/**
 * Changes the page's search parameters in place, except that a panel (a parameter of `panels` that gets a value) opens as a step of its own:
 * Back closes it, and the page keeps its filters and its scroll position. The page is `path`, or else the present one.
 */
export function useChange<S extends object>(panels: readonly (keyof S & string)[] = [], path?: string): (changes: Partial<S>) => void {
  const router = useRouter()
  const navigate = useNavigate()
  const close = usePanelClose()
  const step = usePanelStep()
  const names = panels.join(' ')
  return useCallback(
    (changes) => {
      const { pathname, search } = router.latestLocation
      const next = { ...search, ...changes }
      const own: readonly string[] = names.split(' ')
      const isOpen = (values: object) => Object.entries(values).some(([key, value]) => own.includes(key) && value !== undefined)
      const go = (more: object) => void navigate({ to: path ?? pathname, search: next as never, resetScroll: false, ...more })
      if (!isOpen(search) && isOpen(next)) go(step())
      else if (isOpen(search) && !isOpen(next) && Object.keys(changes).every((key) => own.includes(key))) close(() => go({ replace: true }))
      else go({ replace: true, state: true })
    },
    [router, navigate, close, step, names, path],
  )
}
