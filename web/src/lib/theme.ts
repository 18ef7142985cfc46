import { createStore, useStore } from './store'

export type Theme = 'light' | 'dark' | 'system'

// public/theme.js reads the same key as plain text before the first paint.
const KEY = 'steward.theme'
const systemDark = matchMedia('(prefers-color-scheme: dark)')

function kept(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

const theme = createStore<Theme>(kept())

function apply(): void {
  const choice = theme.get()
  const dark = choice === 'dark' || (choice === 'system' && systemDark.matches)
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
  const canvas = getComputedStyle(document.documentElement).getPropertyValue('--canvas').trim()
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', canvas)
}

systemDark.addEventListener('change', apply)
theme.subscribe(() => {
  try {
    localStorage.setItem(KEY, theme.get())
  } catch {
    // The choice then lasts until the page is left.
  }
  apply()
})

export function setTheme(choice: Theme): void {
  theme.set(choice)
}

export function useTheme(): Theme {
  return useStore(theme)
}
