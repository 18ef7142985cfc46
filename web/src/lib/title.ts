import { useEffect } from 'react'
import { createStore, useStore } from './store'

interface Page {
  section: string
  name: string | null
}

const NO_PAGE: Page = { section: '', name: null }
const page = createStore(NO_PAGE)
/** What is open within the page, the innermost last. */
const parts = createStore<readonly { text: string }[]>([])

function write(): void {
  const { section, name } = page.get()
  const within = parts.get().map(({ text }) => text)
  document.title = [...within.toReversed(), name, section, 'Steward'].filter(Boolean).join(' · ')
}
page.subscribe(write)
parts.subscribe(write)

/** The page's own name, for the breadcrumb. */
export function usePageName(): string | null {
  return useStore(page).name
}

/** Sets the page's name for the breadcrumb and the window title. Null while unknown. */
export function usePageTitle(section: string, name?: string | null): void {
  useEffect(() => {
    page.set({ section, name: name ?? null })
    return () => page.set((now) => ({ ...now, name: null }))
  }, [section, name])
}

/** Puts a part of the page, such as a tab or an open panel, before the page's name in the window title. */
export function useTitlePart(text: string | null | undefined): void {
  useEffect(() => {
    if (!text) return
    const part = { text }
    parts.set((now) => [...now, part])
    return () => parts.set((now) => now.filter((one) => one !== part))
  }, [text])
}
