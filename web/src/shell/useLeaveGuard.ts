import { useBlocker } from '@tanstack/react-router'
import { unsavedIn } from '@/lib/unsaved'
import { mayLeave } from '@/ui/leave'

/** Search parameters that hold what a dialog or panel shows; a change of one replaces the form in it. */
const PANELS = ['create', 'edit', 'investor', 'document', 'asset', 'user', 'rule', 'milestone', 'task', 'with']

interface Place {
  pathname: string
  search: object
}

const at = ({ search }: Place, key: string) => (search as Record<string, unknown>)[key]

/** The forms with unsaved input that disappear on the way from one place to the other. */
function lostForms(from: Place, to: Place) {
  if (from.pathname !== to.pathname) return unsavedIn()
  const closes = PANELS.some((key) => at(from, key) !== undefined && at(from, key) !== at(to, key))
  return closes ? unsavedIn().filter(({ scope }) => scope.length > 0) : []
}

// Outside the component, so that it is not registered anew with every render.
const GUARD = {
  shouldBlockFn: async ({ current, next }: { current: Place; next: Place }) => !(await mayLeave(lostForms(current, next))),
  enableBeforeUnload: () => unsavedIn().length > 0,
}

/** Asks before unsaved input is left by navigating, and before the tab closes. */
export function useLeaveGuard(): void {
  useBlocker(GUARD)
}
