import { useEffect } from 'react'
import { createStore, useStore } from '@/lib/store'

const crumb = createStore<string | null>(null)

export function useCrumb(): string | null {
  return useStore(crumb)
}

/** Sets the page's name for the breadcrumb and the window title. Null while unknown. */
export function usePageTitle(section: string, name?: string | null): void {
  useEffect(() => {
    crumb.set(name ?? null)
    document.title = [name, section, 'Steward'].filter(Boolean).join(' · ')
    return () => crumb.set(null)
  }, [section, name])
}
